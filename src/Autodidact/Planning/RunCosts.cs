using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Ranks.Mpi;
using Autodidact.Runs;

namespace Autodidact.Planning;

/// <summary>Costs of a run's stages on this machine: each figure is measured when it is first asked for.</summary>
internal sealed class RunCosts
{
    private readonly RunOptions _options;
    private readonly StepTimer _timer;
    private readonly Lazy<(RunShape Shape, WorkRates Rates)> _work;
    private readonly CancellationToken _cancellationToken;
    private StepCost? _pretrain;
    private (StepCost Cost, double SetUpSeconds)? _distill;

    /// <summary>Measures nothing yet.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">The run's encoder to be.</param>
    /// <param name="ranks">Ranks of this process.</param>
    /// <param name="paths">Where the run's files lie.</param>
    /// <param name="cancellationToken">Stops measurements.</param>
    public RunCosts(
        RunOptions options, PackedData data, EncoderArtefact encoder, int ranks, RunPaths paths, CancellationToken cancellationToken)
    {
        (_options, _cancellationToken) = (options, cancellationToken);
        _timer = new StepTimer(options, data, encoder, ranks, paths);
        _work = new(() =>
        {
            var shape = RunShape.Of(options, data, encoder);
            return (shape, WorkRates.Measure(options, data, encoder, shape, cancellationToken));
        });
    }

    /// <summary>Seconds that distillation takes before its first step; known once a step of it is.</summary>
    public double DistillSetUp => _distill?.SetUpSeconds ?? 0;

    /// <summary>Seconds of clustering.</summary>
    public double Clustering => StageWork.Clustering(_work.Value.Shape, _options.Cluster, _work.Value.Rates).On(MpiWorld.Link?.Size ?? 1);

    /// <summary>Seconds of measuring.</summary>
    public double Measuring => StageWork.Measuring(_work.Value.Shape, _work.Value.Rates).On(MpiWorld.Link?.Size ?? 1);

    /// <summary>A step of pre-training.</summary>
    /// <param name="steps">Steps of the training, if known.</param>
    public StepCost Pretrain(long? steps) => _pretrain ??= _timer.Pretrain(steps, _cancellationToken);

    /// <summary>A step of distillation.</summary>
    /// <param name="steps">Steps of the training, if known.</param>
    public StepCost Distill(long? steps) => (_distill ??= _timer.Distill(steps, _cancellationToken)).Cost;
}
