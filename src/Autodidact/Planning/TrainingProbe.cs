using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Native;
using Autodidact.Ranks;
using Autodidact.Runs;
using Autodidact.Stages;

namespace Autodidact.Planning;

/// <summary>A training as it was measured: what a step costs by its images, and what happens between steps.</summary>
internal sealed record TrainingProbe
{
    /// <summary>A step of the largest batch that is timed takes about this long.</summary>
    private const double LongestStep = 3;

    /// <summary>Fewest images a core that a batch is timed with.</summary>
    private const int FewestImages = 8;

    /// <summary>Seconds of a step on this machine, by the images of it.</summary>
    public required CostLine Line { get; init; }

    /// <summary>Most memory of this process in bytes, by the images of a step.</summary>
    public required CostLine Memory { get; init; }

    /// <summary>The time between steps, and how much steps vary.</summary>
    public required StepCost Cost { get; init; }

    /// <summary>Seconds before the first step.</summary>
    public required double SetUpSeconds { get; init; }

    /// <summary>The batch whose calls between ranks were counted.</summary>
    public required int CountedImages { get; init; }

    /// <summary>Calls between ranks in a step; none where one rank trains alone.</summary>
    public required IReadOnlyList<(RankCall Call, long Bytes)> Calls { get; init; }

    /// <summary>Seconds of an image's views on one core.</summary>
    public required double ViewSeconds { get; init; }

    /// <summary>Measures.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="paths">A folder for a checkpoint.</param>
    /// <param name="stage">The training.</param>
    /// <param name="tell">Told what is measured.</param>
    /// <param name="cancellationToken">Stops between measurements.</param>
    public static TrainingProbe Measure(
        RunOptions options, PackedData data, RunPaths paths, Stage stage, Action<string> tell, CancellationToken cancellationToken)
    {
        var cores = TorchThreads.Cores;
        var images = stage == Stage.Pretrain ? data.PretrainPositions.Length : data.TrainPositions.Length;
        var batch = Math.Min(images, stage == Stage.Pretrain ? options.Pretrain.BatchSize : options.Distill.BatchSize);
        var few = Math.Min(batch, FewestImages * cores);
        var (first, firstMemory, setUp) = Timed(few);
        var affordable = few * LongestStep / Math.Max(first.Training, 1e-6);
        var many = (int)Math.Min(batch, Math.Max(2.0 * few, affordable));
        var (second, secondMemory, _) = many == few ? (first, firstMemory, setUp) : Timed(many);
        var timer = Timer(few);
        return new TrainingProbe
        {
            Line = CostLine.Through((few, first.Training), (many, second.Training)),
            Memory = CostLine.Through((few, firstMemory), (many, secondMemory)),
            Cost = second,
            SetUpSeconds = setUp,
            CountedImages = few,
            Calls = timer.Calls(stage, cancellationToken),
            ViewSeconds = timer.ViewSeconds(stage, cancellationToken),
        };

        (StepCost Cost, double Memory, double SetUp) Timed(int size)
        {
            cancellationToken.ThrowIfCancellationRequested();
            tell($"timing steps of {stage.Key()}, {size} images");
            PeakMemory.Restart();
            var (cost, before) = stage == Stage.Pretrain
                ? (Timer(size).Pretrain(null, cancellationToken), 0)
                : Timer(size).Distill(null, cancellationToken);
            const double Megabyte = 1024 * 1024;
            return (cost, PeakMemory.SinceRestart * Megabyte, before);
        }

        StepTimer Timer(int size)
        {
            var sized = options with
            {
                Pretrain = options.Pretrain with { BatchSize = size },
                Distill = options.Distill with { BatchSize = size },
            };
            var encoder = new EncoderArtefact(paths, options.Pretrain, EncoderSetup.Input(options, data), cores);
            return new StepTimer(sized, data, encoder, cores, paths);
        }
    }
}
