using Autodidact.Evaluation;
using Autodidact.Pretraining;
using Autodidact.Tests.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Evaluation;

public sealed class RepresentationObserverTests
{
    [Fact]
    public void Should_Stop_A_Training_Whose_Features_All_Point_One_Way()
    {
        using var constant = new Encoder(x => ones(x.shape[0], 8) + (1e-4 * x.mean([1L, 2L, 3L]).unsqueeze(1)));
        var failure = Assert.Throws<AutodidactException>(() => Observer(constant).EpochEnded(4));
        Assert.Equal(FailureKind.Training, failure.Kind);
        Assert.Contains("collapsed after epoch 5", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Stop_A_Training_Whose_Features_Are_Not_Finite()
    {
        using var broken = new Encoder(x => full([x.shape[0], 8], float.NaN));
        Assert.Contains(
            "not finite", Assert.Throws<AutodidactException>(() => Observer(broken).EpochEnded(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Say_How_Features_Spread_Where_They_Do()
    {
        using var healthy = new Encoder(x => x.flatten(1)[.., ..8].clone());
        var metrics = Observer(healthy).EpochEnded(0);
        Assert.Equal(["alignment", "deviation", "effective_rank", "smallest_deviation", "uniformity"], metrics.Keys.Order());
        Assert.True(metrics["deviation"] > 0.3);
    }

    private static RepresentationObserver Observer(nn.Module<Tensor, Tensor> encoder) =>
        new(encoder, TinyProblem.ImageSet(), TinyProblem.Positions, ViewSpec.SimClr(16, PixelNormalization.Cifar10));

    private sealed class Encoder(Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor>(nameof(Encoder))
    {
        public override Tensor forward(Tensor input) => function(input);
    }
}
