using Autodidact.Models;
using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Training;

/// <summary>
/// A small ResNet drawn towards targets it takes from its own features at the start of each epoch, with a centre that moves after each step
/// and a bias that keeps its rate: every hook an objective has.
/// </summary>
internal sealed class HookObjective : IObjective
{
    private readonly Backbone _network = Autodidact.Models.Architecture.Parse("resnet10-w8-cifar-pool").Create(seed: 5);
    private readonly Tensor _targets;
    private readonly Tensor _centre;

    public HookObjective()
    {
        _targets = zeros(32, _network.FeatureSize).DetachFromDisposeScope();
        _centre = zeros(_network.FeatureSize).DetachFromDisposeScope();
    }

    public int Epochs { get; private set; }

    public Action AtEpoch { get; init; } = () => { };

    public int Before { get; private set; }

    public int After { get; private set; }

    public string Name => "hooks";

    public nn.Module Network => _network;

    public IReadOnlyList<ParameterGroup> ParameterGroups
    {
        get
        {
            var all = ParameterGroup.Of(_network);
            return
            [
                all with { Parameters = [.. all.Parameters.SkipLast(1)] },
                all with { Parameters = [.. all.Parameters.TakeLast(1)], ConstantRate = true },
            ];
        }
    }

    public IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor> { ["targets"] = _targets, ["centre"] = _centre };

    public ViewSpec Views(double progress) => ViewSpec.Plain(16, PixelNormalization.Cifar10);

    public void BeginEpoch(int epoch, FeaturePass features, double progress)
    {
        Epochs++;
        AtEpoch();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var matrix = features(_network.call);
        for (var row = 0; row < matrix.Rows; row++)
        {
            _targets[row].copy_(tensor(matrix[row].ToArray()).add(1));
        }
    }

    public ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        var rows = tensor(batch.Indices.Select(i => (long)i).ToArray());
        var loss = (_network.call(batch.Views.View(0)) - _targets[rows] - _centre).square().mean();
        return new ObjectiveLoss(loss, new Dictionary<string, Tensor>());
    }

    public void BeforeStep(double progress)
    {
        Before++;
        using var noGrad = no_grad();
        ParameterGroups[1].Parameters[0].Value.grad?.mul_(0.5);
    }

    public void AfterStep(double progress)
    {
        After++;
        using var noGrad = no_grad();
        _centre.mul_(0.9).add_(0.1);
    }

    public void Dispose()
    {
        _targets.Dispose();
        _centre.Dispose();
        _network.Dispose();
    }
}
