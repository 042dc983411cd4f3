using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static Autodidact.Tests.Pretraining.ClusterFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class SwavLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() => AssertEqualsLoops(
        "swav",
        (expected, type) => [LossFixtures.Formula(expected.Count("views") * Batch, Clusters, 0.4, type: type)],
        (expected, x) =>
        {
            var views = x[0].split(Batch);
            return SwavLoss.Compute(
                views,
                [.. views.Take(expected.Count("coded")).Select(view => Sinkhorn.Codes(view, expected.Given("epsilon"), 3))],
                expected.Given("temperature"));
        });

    [Fact]
    public void Should_Be_The_Logarithm_Of_The_Prototypes_For_Equal_Scores()
    {
        using var scope = NewDisposeScope();
        var codes = nn.functional.softmax(LossFixtures.Formula(Batch, 7, 0.3), 1);
        var scores = Enumerable.Repeat(ones(Batch, 7, dtype: ScalarType.Float64), 3).ToArray();
        Assert.Equal(Math.Log(7), SwavLoss.Compute(scores, [codes, codes], 0.1).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_The_Order_Of_Prototypes_Or_Images_But_On_Which_View_Predicts_What()
    {
        using var scope = NewDisposeScope();
        var (one, two) = (LossFixtures.Formula(Batch, Clusters, 0.4), LossFixtures.Formula(Batch, Clusters, 1.7));
        var (first, second) = (Sinkhorn.Codes(one, 0.05, 3), Sinkhorn.Codes(two, 0.05, 3));
        var loss = SwavLoss.Compute([one, two], [first, second], 0.1).item<double>();
        Assert.Equal(
            loss, SwavLoss.Compute([one.flip(0, 1), two.flip(0, 1)], [first.flip(0, 1), second.flip(0, 1)], 0.1).item<double>(), 1e-12);
        Assert.NotEqual(loss, SwavLoss.Compute([one, two], [second, first], 0.1).item<double>(), 1e-3);
    }

    [Fact]
    public void Should_Fall_Under_Descent_And_Leave_Codes_Alone()
    {
        using var scope = NewDisposeScope();
        var code = LossFixtures.Formula(Batch, Clusters, 1.7);
        DistillationFixtures.AssertFalls(
            LossFixtures.Formula(2 * Batch, Clusters, 0.4),
            x => SwavLoss.Compute(x.split(Batch), [.. Enumerable.Repeat(nn.functional.softmax(code * 5, 1), 2)], 0.5),
            rate: 1,
            toFraction: 0.7);
        Assert.True(code.grad is null);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Temperatures()
    {
        using var scope = NewDisposeScope();
        var (scores, other) = (ones(4, 3), ones(4, 2));
        Assert.Throws<ArgumentException>(() => SwavLoss.Compute([scores], [scores], 1));
        Assert.Throws<ArgumentException>(() => SwavLoss.Compute([scores, scores], [], 1));
        Assert.Throws<ArgumentException>(() => SwavLoss.Compute([scores, scores], [scores, scores, scores], 1));
        Assert.Throws<ArgumentException>(() => SwavLoss.Compute([scores, other], [scores], 1));
        Assert.Throws<ArgumentException>(() => SwavLoss.Compute([scores, scores], [other], 1));
        Assert.Throws<ArgumentException>(() => SwavLoss.Compute([scores, scores], [scores], 0));
    }
}
