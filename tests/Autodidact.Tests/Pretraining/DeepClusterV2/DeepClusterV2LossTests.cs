using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static Autodidact.Tests.Pretraining.ClusterFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class DeepClusterV2LossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() => AssertEqualsLoops(
        "deepcluster_v2",
        (expected, type) =>
        [
            .. Enumerable.Range(0, expected.Count("heads")).Select(h => LossFixtures.Formula(
                expected.Count("views") * Batch, Clusters, 0.3 + (0.6 * h), type: type)),
        ],
        (expected, x) =>
            DeepClusterV2Loss.Compute(x, tensor(expected.Numbers("clusters"), [x.Length, Batch]), expected.Given("temperature")));

    [Fact]
    public void Should_Be_The_Logarithm_Of_The_Clusters_For_Equal_Scores()
    {
        using var scope = NewDisposeScope();
        var scores = ones(4, 7, dtype: ScalarType.Float64);
        Assert.Equal(
            Math.Log(7),
            DeepClusterV2Loss.Compute([scores, scores], tensor(new long[] { 0, 6, 3, -1 }, [2, 2]), 0.1).item<double>(),
            1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_The_Order_Of_Images_Views_Or_Clusters()
    {
        using var scope = NewDisposeScope();
        var scores = LossFixtures.Formula(2 * Batch, Clusters, 0.3);
        var clusters = tensor(new long[] { 0, 3, 1, 4, 2, 2 }, [1, Batch]);
        var loss = DeepClusterV2Loss.Compute([scores], clusters, 0.3).item<double>();

        // Turning the rows round turns images and views.
        Assert.Equal(loss, DeepClusterV2Loss.Compute([scores.flip(0)], clusters.flip(1), 0.3).item<double>(), 1e-12);
        Assert.Equal(loss, DeepClusterV2Loss.Compute([scores.flip(1)], Clusters - 1 - clusters, 0.3).item<double>(), 1e-12);
        Assert.NotEqual(loss, DeepClusterV2Loss.Compute([scores], clusters.flip(1), 0.3).item<double>(), 1e-3);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var clusters = tensor(new long[] { 0, 3, 1, 4, 2, 2 }, [1, Batch]);
        DistillationFixtures.AssertFalls(
            LossFixtures.Formula(2 * Batch, Clusters, 0.3), x => DeepClusterV2Loss.Compute([x], clusters, 0.5), rate: 1, toFraction: 0.5);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Temperatures()
    {
        using var scope = NewDisposeScope();
        var (scores, clusters) = (ones(4, 3), zeros(1, 2, ScalarType.Int64));
        Assert.Throws<ArgumentException>(() => DeepClusterV2Loss.Compute([], clusters, 1));
        Assert.Throws<ArgumentException>(() => DeepClusterV2Loss.Compute([scores, scores], clusters, 1));
        Assert.Throws<ArgumentException>(() => DeepClusterV2Loss.Compute([ones(5, 3)], clusters, 1));
        Assert.Throws<ArgumentException>(() => DeepClusterV2Loss.Compute([scores], zeros(2, ScalarType.Int64), 1));
        Assert.Throws<ArgumentException>(() => DeepClusterV2Loss.Compute([scores], clusters - 1, 1));
        Assert.Throws<ArgumentException>(() => DeepClusterV2Loss.Compute([scores], clusters, 0));
    }
}
