using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;
using OptimizerOptions = Autodidact.Training.OptimizerOptions;
using Parameter = TorchSharp.Modules.Parameter;

namespace Autodidact.Tests.Training;

public class OptimizerTests
{
    private const double Rate = 0.1;

    [Fact]
    public void Sgd_Should_Equal_TorchSharps_Nesterov()
    {
        Compare(
            new OptimizerOptions { Kind = OptimizerKind.Sgd, Momentum = 0.9, WeightDecay = 0.01 },
            p => optim.SGD([p], Rate, momentum: 0.9, weight_decay: 0.01, nesterov: true));
    }

    [Fact]
    public void AdamW_Should_Equal_TorchSharps()
    {
        Compare(
            new OptimizerOptions { Kind = OptimizerKind.AdamW, Momentum = 0.9, WeightDecay = 0.01 },
            p => optim.AdamW([p], Rate, weight_decay: 0.01));
    }

    /// <summary>Its corrections for young moments count its own updates.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AdamW_Should_Equal_TorchSharps_For_A_Weight_That_Is_Frozen_At_First(int steps)
    {
        Compare(
            new OptimizerOptions { Kind = OptimizerKind.AdamW, Momentum = 0.9, WeightDecay = 0.01 },
            p => optim.AdamW([p], Rate, weight_decay: 0.01),
            frozen: steps);
    }

    /// <summary>A weight without a gradient is frozen: plain decay is left, whatever the ratio of norms.</summary>
    [Fact]
    public void Lars_Should_Not_Scale_What_Is_Decay_Alone()
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(ones(2, 2) * 3);
        weight.grad = zeros(2, 2);
        IReadOnlyList<ParameterGroup> groups = [new([("w", weight)])];
        using var optimizer = OptimizerKinds.Create(
            new OptimizerOptions { Kind = OptimizerKind.Lars, Momentum = 0, WeightDecay = 1e-3, TrustClip = false }, groups);
        optimizer.Step(groups, [Rate]);
        Assert.Equal(3 - (3 * 1e-3 * Rate), weight.mean().item<float>(), 1e-6);
    }

    [Fact]
    public void Lars_Should_Scale_The_Step_By_The_Ratio_Of_Norms()
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(ones(2, 2) * 3);
        weight.grad = ones(2, 2) * 10;
        IReadOnlyList<ParameterGroup> groups = [new([("w", weight)])];
        using var optimizer = OptimizerKinds.Create(
            new OptimizerOptions { Kind = OptimizerKind.Lars, Momentum = 0, WeightDecay = 0 }, groups);
        optimizer.Step(groups, [Rate]);

        // |w| = 6, |g| = 20: the ratio 0.02 * 6 / 20 / 0.1 = 0.06 times the gradient 10 times the rate 0.1.
        Assert.Equal(3 - 0.06, weight[0, 0].item<float>(), 1e-6);
    }

    [Theory]
    [InlineData(OptimizerKind.Sgd)]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Lars)]
    public void Should_Not_Decay_Norms_And_Biases(OptimizerKind kind)
    {
        using var scope = NewDisposeScope();
        var bias = new Parameter(ones(3));
        bias.grad = zeros(3);
        IReadOnlyList<ParameterGroup> groups = [new([("b", bias)])];
        using var optimizer = OptimizerKinds.Create(new OptimizerOptions { Kind = kind, WeightDecay = 0.5 }, groups);
        optimizer.Step(groups, [Rate]);
        Assert.Equal(1, bias[0].item<float>());
    }

    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(4, 1)]
    [InlineData(12, 0.55)]
    [InlineData(20, 0.1)]
    public void Rate_Should_Rise_Linearly_And_Fall_By_A_Cosine(long step, double expected)
    {
        var options = new OptimizerOptions { LearningRate = 1, WarmupFraction = 0.2, FinalFraction = 0.1 };
        Assert.Equal(expected, options.RateAt(step, 20), 1e-12);
    }

    [Fact]
    public void Rate_Should_Stay_At_The_Peak_For_A_Constant_Group()
    {
        var options = new OptimizerOptions { LearningRate = 1, WarmupFraction = 0 };
        Assert.Equal(1, options.RateAt(99, 100, constant: true));
    }

    /// <param name="options">Ours.</param>
    /// <param name="reference">TorchSharp's, of the one parameter.</param>
    /// <param name="frozen">Steps at the start in which no gradient reaches the parameter.</param>
    private static void Compare(OptimizerOptions options, Func<Parameter, optim.Optimizer> reference, int frozen = 0)
    {
        using var scope = NewDisposeScope();
        var start = LossFixtures.Formula(4, 3, 0.2, type: ScalarType.Float32).detach();
        var ours = new Parameter(start.clone());
        var theirs = new Parameter(start.clone());
        IReadOnlyList<ParameterGroup> groups = [new([("w", ours)])];
        using var optimizer = OptimizerKinds.Create(options, groups);
        var peer = reference(theirs);
        for (var step = 0; step < 5; step++)
        {
            ours.grad = step < frozen ? null : LossFixtures.Formula(4, 3, step, type: ScalarType.Float32).detach();
            theirs.grad = ours.grad?.clone();
            optimizer.Step(groups, [Rate]);
            peer.step();
        }

        Assert.True((ours - theirs).abs().max().item<float>() < 1e-6);
        Assert.True((ours - start).abs().max().item<float>() > 0.05);
    }
}
