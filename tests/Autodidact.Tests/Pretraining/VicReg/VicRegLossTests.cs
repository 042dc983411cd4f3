using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class VicRegLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() => SiameseFixtures.AssertEqualsLoops(
        "vicreg",
        (expected, type) =>
        [
            LossFixtures.Formula(6, 5, 0.3, expected.Number("Scale"), type),
            LossFixtures.Formula(6, 5, 1.1, expected.Number("Scale"), type),
        ],
        (expected, x) => Weighted(x[0], x[1], expected.Number("Invariance"), expected.Number("Variance"), expected.Number("Covariance")));

    [Fact]
    public void Should_Equal_Terms_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // Columns (3, -3, 0) and (1, 1, -2): variances 9 and 3 of 2, no covariance. The other view is the same, its second column by 0
        // replaced: deviation 0.01, one row's mean square (1 + 1 + 4) / 6.
        var one = Rows([3, 1], [-3, 1], [0, -2]);
        var (invariance, variance, covariance) = VicRegLoss.Terms(one, Rows([3, 0], [-3, 0], [0, 0]));
        Assert.Equal(1, invariance.item<double>(), 1e-12);
        Assert.Equal(0.99 / 2, variance.item<double>(), 1e-12);
        Assert.Equal(0, covariance.item<double>(), 1e-12);

        // Both columns (3, -3, 0), in both views: covariance 9 twice in each view, over 2 dimensions, summed over views.
        var equal = Rows([3, 3], [-3, -3], [0, 0]);
        Assert.Equal(2 * 81, VicRegLoss.Terms(equal, equal).Covariance.item<double>(), 1e-10);
    }

    [Fact]
    public void Should_Count_The_Variance_Of_Both_Views_Whole()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(
            2 * 0.99,
            VicRegLoss.Terms(ones(4, 3, dtype: ScalarType.Float64), ones(4, 3, dtype: ScalarType.Float64)).Variance.item<double>(),
            1e-12);
    }

    [Fact]
    public void Should_Depend_Neither_On_A_Shift_Of_Both_Views_Nor_On_The_Order_Of_Views_And_Images()
    {
        using var scope = NewDisposeScope();
        var (one, two) = (LossFixtures.Formula(6, 5, 0.3), LossFixtures.Formula(6, 5, 1.1));
        var loss = Weighted(one, two, 25, 25, 1).item<double>();
        Assert.Equal(loss, Weighted(one + 7, two + 7, 25, 25, 1).item<double>(), 1e-10);
        Assert.Equal(loss, Weighted(two.flip(0), one.flip(0), 25, 25, 1).item<double>(), 1e-10);
        Assert.NotEqual(loss, Weighted(one + 7, two, 25, 25, 1).item<double>(), 1e-3);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var two = LossFixtures.Formula(6, 5, 1.1);
        AssertFalls(LossFixtures.Formula(6, 5, 0.3), x => Weighted(x, two, 25, 25, 1), rate: 0.1, toFraction: 0.8);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => VicRegLoss.Terms(ones(1, 3), ones(1, 3)));
        Assert.Throws<ArgumentException>(() => VicRegLoss.Terms(ones(4, 3), ones(4, 1)));
        Assert.Throws<ArgumentException>(() => VicRegLoss.Terms(ones(4), ones(4)));
    }

    private static Tensor Weighted(Tensor one, Tensor two, double invariance, double variance, double covariance)
    {
        var terms = VicRegLoss.Terms(one, two);
        return (terms.Invariance * invariance) + (terms.Variance * variance) + (terms.Covariance * covariance);
    }
}
