using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static Autodidact.Tests.Pretraining.ClusterFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class DeepClusterLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() => AssertEqualsLoops(
        "deepcluster",
        (_, type) => [LossFixtures.Formula(Batch, Clusters, 0.5, 2.0, type)],
        (expected, x) => DeepClusterLoss.Compute(x[0], tensor(expected.Numbers("clusters")), tensor(expected.Numbers("sizes"))));

    [Fact]
    public void Should_Be_The_Logarithm_Of_The_Clusters_For_Equal_Logits_Over_A_Whole_Set()
    {
        using var scope = NewDisposeScope();
        var clusters = tensor(new long[] { 0, 0, 0, 0, 1, 2, 2 });
        Assert.Equal(
            Math.Log(3),
            DeepClusterLoss.Compute(ones(7, 3, dtype: ScalarType.Float64), clusters, tensor(new long[] { 4, 1, 2 })).item<double>(),
            1e-12);
    }

    [Fact]
    public void Should_Be_The_Mean_Over_Clusters_Of_Their_Means_Over_A_Whole_Set()
    {
        using var scope = NewDisposeScope();
        var (logits, clusters) = (LossFixtures.Formula(7, 3, 0.5), tensor(new long[] { 0, 0, 0, 0, 1, 2, 2 }));
        var means = new[] { (0, 4), (4, 1), (5, 2) }.Select(
            c => nn.functional.cross_entropy(logits.narrow(0, c.Item1, c.Item2), clusters.narrow(0, c.Item1, c.Item2)).item<double>());
        Assert.Equal(means.Average(), DeepClusterLoss.Compute(logits, clusters, tensor(new long[] { 4, 1, 2 })).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_What_All_Logits_Of_An_Image_Have_In_Common()
    {
        using var scope = NewDisposeScope();
        var (logits, clusters, sizes) =
            (LossFixtures.Formula(Batch, Clusters, 0.5), tensor(new long[] { 0, 3, 1, 4, 2, 2 }), tensor(new long[] { 10, 1, 4, 7, 3 }));
        var shifted = logits + arange(1, Batch + 1, dtype: ScalarType.Float64).unsqueeze(1);
        Assert.Equal(
            DeepClusterLoss.Compute(logits, clusters, sizes).item<double>(),
            DeepClusterLoss.Compute(shifted, clusters, sizes).item<double>(),
            1e-12);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var (clusters, sizes) = (tensor(new long[] { 0, 3, 1, 4, 2, 2 }), tensor(new long[] { 10, 1, 4, 7, 3 }));
        DistillationFixtures.AssertFalls(
            LossFixtures.Formula(Batch, Clusters, 0.5), x => DeepClusterLoss.Compute(x, clusters, sizes), rate: 1, toFraction: 0.5);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Empty_Clusters()
    {
        using var scope = NewDisposeScope();
        var (logits, clusters, sizes) = (ones(2, 3), tensor(new long[] { 0, 2 }), tensor(new long[] { 1, 0, 1 }));
        Assert.Throws<ArgumentException>(() => DeepClusterLoss.Compute(ones(3), clusters, sizes));
        Assert.Throws<ArgumentException>(() => DeepClusterLoss.Compute(ones(1, 3), clusters, sizes));
        Assert.Throws<ArgumentException>(() => DeepClusterLoss.Compute(ones(2, 4), clusters, sizes));
        Assert.Throws<ArgumentException>(() => DeepClusterLoss.Compute(logits, tensor(new long[] { 0, 1 }), sizes));
    }
}
