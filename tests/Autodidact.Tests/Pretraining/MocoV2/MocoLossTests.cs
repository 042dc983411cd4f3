using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static Autodidact.Tests.Pretraining.ClusterFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class MocoLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() => AssertEqualsLoops(
        "moco",
        (_, type) => [LossFixtures.Formula(Batch, 4, 0.3, type: type)],
        (expected, x) => MocoLoss.Compute(
            x[0], LossFixtures.Formula(Batch, 4, 1.3, type: x[0].dtype), Unit(LossFixtures.Formula(7, 4, 0.8, type: x[0].dtype)),
            expected.Given("temperature")));

    [Theory]
    [InlineData(1, 0.2)]
    [InlineData(30, 0.07)]
    public void Should_Be_The_Logarithm_Of_The_Keys_For_Equal_Embeddings(int queue, double temperature)
    {
        using var scope = NewDisposeScope();
        var loss = MocoLoss.Compute(
            ones(4, 9, dtype: ScalarType.Float64), ones(4, 9, dtype: ScalarType.Float64) * 2, ones(queue, 9, dtype: ScalarType.Float64) / 3,
            temperature);
        Assert.Equal(Math.Log(1 + queue), loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_Lengths_Or_The_Order_Of_The_Queue()
    {
        using var scope = NewDisposeScope();
        var (queries, keys, queue) =
            (LossFixtures.Formula(Batch, 4, 0.3), LossFixtures.Formula(Batch, 4, 1.3), Unit(LossFixtures.Formula(7, 4, 0.8)));
        var scales = arange(1, Batch + 1, dtype: ScalarType.Float64).unsqueeze(1);
        var loss = MocoLoss.Compute(queries, keys, queue, 0.2).item<double>();
        Assert.Equal(loss, MocoLoss.Compute(queries * scales, keys / scales, queue.flip(0), 0.2).item<double>(), 1e-10);
        Assert.NotEqual(loss, MocoLoss.Compute(queries, keys.flip(0), queue, 0.2).item<double>(), 1e-3);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var (keys, queue) = (LossFixtures.Formula(Batch, 4, 1.3).detach(), Unit(LossFixtures.Formula(7, 4, 0.8)));
        DistillationFixtures.AssertFalls(
            LossFixtures.Formula(Batch, 4, 0.3), x => MocoLoss.Compute(x, keys, queue, 0.2), rate: 1, toFraction: 0.5);
    }

    [Fact]
    public void Should_Leave_Keys_And_Queue_Alone()
    {
        using var scope = NewDisposeScope();
        var queue = LossFixtures.Formula(7, 4, 0.8);
        DistillationFixtures.AssertTeacherStays(
            LossFixtures.Formula(Batch, 4, 0.3), LossFixtures.Formula(Batch, 4, 1.3), (q, k) => MocoLoss.Compute(q, k, queue, 0.5));
        Assert.True(queue.grad is null);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Temperatures()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => MocoLoss.Compute(ones(4), ones(4), ones(5, 3), 1));
        Assert.Throws<ArgumentException>(() => MocoLoss.Compute(ones(4, 3), ones(1, 3), ones(5, 3), 1));
        Assert.Throws<ArgumentException>(() => MocoLoss.Compute(ones(4, 3), ones(4, 3), ones(5, 2), 1));
        Assert.Throws<ArgumentException>(() => MocoLoss.Compute(ones(4, 3), ones(4, 3), ones(0, 3), 1));
        Assert.Throws<ArgumentException>(() => MocoLoss.Compute(ones(4, 3), ones(4, 3), ones(5, 3), 0));
    }
}
