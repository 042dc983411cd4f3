using Autodidact.Pretraining;
using Autodidact.Tests.Training;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

/// <summary>
/// Trains an objective whole, and again stopped twice; both are to end in the same bits, and no step may leave tensors behind.
/// </summary>
internal static class Resuming
{
    /// <summary>The losses of the whole training.</summary>
    public static double[] AssertSameBits(Func<IObjective> objective, string folder, int accumulation, CancellationToken token)
    {
        var losses = new List<double>();
        var counts = new List<long>();

        // The finalizer must be done with earlier tests' objects before anything is counted.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var whole = Train(
            objective,
            accumulation,
            null,
            p =>
            {
                losses.Add(p.Loss);
                counts.Add(Tensor.TotalCount);
            },
            token);
        // A negative cosine (SimSiam) is a loss too.
        Assert.All(losses, loss => Assert.True(double.IsFinite(loss) && loss != 0));
        Assert.InRange(counts[^1], 0, counts[4]);

        foreach (var stop in new[] { 3, 8 })
        {
            using var source = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => Train(
                objective,
                accumulation,
                new CheckpointStore(folder, "distill"),
                p =>
                {
                    if (p.Step >= stop)
                    {
                        source.Cancel();
                    }
                },
                source.Token));
        }

        var resumed = 0L;
        Assert.Equal(
            whole,
            Train(objective, accumulation, new CheckpointStore(folder, "distill"), p => resumed = resumed == 0 ? p.Step : resumed, token));
        Assert.Equal(9, resumed);
        return [.. losses];
    }

    private static Dictionary<string, string> Train(
        Func<IObjective> create, int accumulation, CheckpointStore? store, Action<TrainingProgress> progress,
        CancellationToken cancellationToken)
    {
        using var objective = create();
        var options = TinyProblem.Options(accumulation: accumulation);
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, options)
        {
            Checkpoints = store,
            Progress = progress,
            Features = TinyDistillation.Features,
        };
        trainer.Run(cancellationToken);
        return TinyProblem.Bits(objective);
    }
}
