namespace Autodidact.Training;

/// <summary>How long and in what portions an objective is trained.</summary>
public sealed record TrainerOptions
{
    /// <summary>Fewest steps between two looks, where nothing else is said.</summary>
    internal const int UsualObserveEverySteps = 20;

    /// <summary>Images a batch. An epoch drops the last partial batch; a set smaller than this makes one batch of its own size.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Batches in all; frozen before the first one, since the schedule depends on it.</summary>
    public required long Steps { get; init; }

    /// <summary>Optimizer and schedule.</summary>
    public required OptimizerOptions Optimizer { get; init; }

    /// <summary>Seed of the order of the images, of the views and of the torch generator.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Steps between two logged lines and progress reports.</summary>
    public int LogEverySteps { get; init; } = 10;

    /// <summary>Longest time between two checkpoints; one is also written after each epoch.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Fewest steps between two looks of the observers, rounded up to whole epochs: an epoch over a small set takes less time than watching
    /// it.
    /// </summary>
    public int ObserveEverySteps { get; init; } = UsualObserveEverySteps;

    /// <summary>
    /// Threads that make views beside the training thread. Views take a few percent of a CPU's time, so few keep up; the result does not
    /// depend on their number.
    /// </summary>
    public int ViewWorkers { get; init; } = Math.Clamp(Environment.ProcessorCount / 4, 1, 8);
}

/// <summary>State of a running training, reported every few steps.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Epoch">Epoch, from 0.</param>
/// <param name="Epochs">Epochs in all, possibly fractional.</param>
/// <param name="Seconds">Training time so far, over all resumes.</param>
/// <param name="Loss">Mean loss since the last report.</param>
/// <param name="LearningRate">Rate of the first parameter group.</param>
/// <param name="ImagesPerSecond">Images (not views) a second since the last report.</param>
/// <param name="Remaining">Estimated time to the end.</param>
/// <param name="Metrics">Named metrics of the objective and its observers.</param>
public sealed record TrainingProgress(
    long Step,
    long Steps,
    int Epoch,
    double Epochs,
    double Seconds,
    double Loss,
    double LearningRate,
    double ImagesPerSecond,
    TimeSpan Remaining,
    IReadOnlyDictionary<string, double> Metrics);

/// <summary>The report of a finished training.</summary>
/// <param name="Steps">Steps done in all.</param>
/// <param name="Epochs">Passes over the images.</param>
/// <param name="Seconds">Training time over all resumes, without monitors.</param>
/// <param name="ImagesPerSecond">Images (not views) a second.</param>
public sealed record TrainingResult(long Steps, double Epochs, double Seconds, double ImagesPerSecond)
{
    /// <summary>
    /// The last figures of <see cref="Trainer.Observers"/>, by name; empty where none looked, or the training had been finished earlier.
    /// </summary>
    public IReadOnlyDictionary<string, double> Observed { get; init; } = new Dictionary<string, double>();
}

/// <summary>Looks at a training after each epoch; it may measure and may stop it by throwing, and can change nothing.</summary>
internal interface ITrainingObserver
{
    /// <summary>Measures after an epoch.</summary>
    /// <param name="epoch">The epoch that ended, from 0.</param>
    /// <returns>Metrics by name, for the log and the progress line.</returns>
    IReadOnlyDictionary<string, double> EpochEnded(int epoch);
}
