using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;

using static TorchSharp.torch;

namespace Autodidact.Tests.Training;

/// <summary>A linear layer whose loss is not a number at one step.</summary>
internal sealed class NaNObjective : IObjective
{
    private readonly TorchSharp.Modules.Linear _layer = nn.Linear(3, 1);
    private long _step;

    public long BadStep { get; init; } = 2;

    public List<int> Begun { get; } = [];

    /// <summary>Batches seen at each update.</summary>
    public List<long> Updates { get; } = [];

    public string Name => "nan";

    public nn.Module Network => _layer;

    public IReadOnlyList<ParameterGroup> ParameterGroups => [ParameterGroup.Of(_layer)];

    public IReadOnlyList<TrainingPhase> Phases { get; init; } = TrainingPhase.Single;

    public ViewSpec Views(double progress) => ViewSpec.Plain(16, PixelNormalization.Cifar10);

    public void BeginPhase(int phase) => Begun.Add(phase);

    public void AfterStep(double progress) => Updates.Add(_step);

    public ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        var loss = _layer.call(batch.Views.View(0).mean([2L, 3L])).square().mean();
        return new ObjectiveLoss(_step++ == BadStep ? loss * float.NaN : loss, new Dictionary<string, Tensor>());
    }

    public void Dispose() => _layer.Dispose();
}
