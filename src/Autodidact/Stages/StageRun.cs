using Autodidact.Configuration;
using Autodidact.Evaluation;
using Autodidact.Ranks;
using Autodidact.Runs;
using Autodidact.Training;

namespace Autodidact.Stages;

/// <summary>One stage at work: its options, its place on the disk, and whom it tells.</summary>
internal sealed class StageRun
{
    /// <summary>The stage.</summary>
    public required Stage Stage { get; init; }

    /// <summary>Fingerprint of everything its result depends on; checkpoints of other inputs are not gone on with.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Ranks of this process that a training is divided among.</summary>
    public required int Ranks { get; init; }

    /// <summary>Where the run's files lie.</summary>
    public required RunPaths Paths { get; init; }

    /// <summary>The run's options.</summary>
    public required RunOptions Options { get; init; }

    /// <summary>The metrics log.</summary>
    public required MetricsLog Log { get; init; }

    /// <summary>Writes files that the run can do without.</summary>
    public required SpareFiles Spare { get; init; }

    /// <summary>Takes events for the user.</summary>
    public required Action<RunEvent> Tell { get; init; }

    /// <summary>Called now and then while a training runs, so that the time spent is on record.</summary>
    public required Action Tick { get; init; }

    /// <summary>Seeds by purpose.</summary>
    public Seeds Seeds => new(Options.Seed);

    /// <summary>Says that the stage begins.</summary>
    /// <param name="title">Its work in a few words.</param>
    /// <param name="steps">Its length in its own steps; 0 if unknown.</param>
    public void Begin(string title, long steps = 0) => Tell(new StageStarted(Stage, title, steps));

    /// <summary>Says how far the stage is.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="text">What a plain line should say besides.</param>
    public void Progress(long step, long steps, string text) => Tell(new StageProgress(Stage, step, steps, text, null));

    /// <summary>Shows a line to the user.</summary>
    /// <param name="text">The line.</param>
    public void Notice(string text) => Tell(new Notice(text));

    /// <summary>Does a work together with the other processes that a launcher started, or alone.</summary>
    /// <typeparam name="T">Its result.</typeparam>
    /// <param name="task">The work in words that other processes understand.</param>
    /// <param name="work">The work, the same on every process.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public T Share<T>(RankWork task, Func<CancellationToken, T> work, CancellationToken cancellationToken) =>
        RankProcesses.Share(new RankTask(Paths.Root, Stage, task), Options.Threads, work, cancellationToken);

    /// <summary>Trains to the end, from the newest checkpoint if there is one, with log and progress.</summary>
    /// <param name="team">The training.</param>
    /// <param name="cancellationToken">Stops after the running step; a checkpoint is written first.</param>
    public TrainingResult Train(TrainingTeam team, CancellationToken cancellationToken) => team.Run(
        new RankTask(Paths.Root, Stage, RankWork.Train, team.First.Options.Steps),
        (ranks, setup) => ranks.IsFirst
            ? Train(ranks, setup, cancellationToken)
            : TrainingTeam.Follow(ranks, setup, Options.Evaluate.BatchSize, cancellationToken));

    private TrainingResult Train(RankGroup ranks, TrainingSetup setup, CancellationToken cancellationToken)
    {
        var key = Stage.Key();
        var boardFolder = Path.Combine(Paths.TensorBoard, key);
        TensorBoardLog? board = null;
        using var trainer = new Trainer(setup.Objective, setup.Images, setup.Positions, setup.Options)
        {
            Ranks = ranks,
            Checkpoints = new CheckpointStore(Paths.Checkpoints, key, Fingerprint),
            Observers = setup.Observers,
            Features = model => RankFeatures.Extract(ranks, model, setup, Options.Evaluate.BatchSize),
            Notice = Notice,
            Resumed = step =>
            {
                Spare.Try(Paths.Metrics, () => Log.DropAfter(key, step));
                Spare.Try(
                    boardFolder,
                    () => board = new TensorBoardLog(boardFolder, MetricsLog.Read(Paths.Metrics).Where(e => e.Stage == key)));
            },
            Progress = p =>
            {
                var entry = new MetricsEntry
                {
                    Stage = key,
                    Step = p.Step,
                    Epoch = p.Epoch + 1,
                    Seconds = p.Seconds,
                    Loss = p.Loss,
                    LearningRate = p.LearningRate,
                    ImagesPerSecond = p.ImagesPerSecond,
                    Metrics = p.Metrics,
                };
                Tick();
                Spare.Try(Paths.Metrics, () => Log.Append(entry));

                // Behind an event that was written in part, TensorBoard would read no other.
                if (!Spare.Try(boardFolder, () => board?.Append(entry))) board = null;
                Tell(new StageProgress(Stage, p.Step, p.Steps, ProgressText.Of(p), p.Remaining));
            },
        };
        return trainer.Run(cancellationToken);
    }
}
