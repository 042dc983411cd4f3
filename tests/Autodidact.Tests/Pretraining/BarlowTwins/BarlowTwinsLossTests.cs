using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class BarlowTwinsLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() => SiameseFixtures.AssertEqualsLoops(
        "barlow_twins",
        (_, type) => [LossFixtures.Formula(6, 5, 0.3, 2, type), LossFixtures.Formula(6, 5, 1.1, 2, type)],
        (expected, x) => BarlowTwinsLoss.Compute(x[0], x[1], expected.Number("Weight")));

    [Fact]
    public void Should_Equal_Correlations_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // Columns (1, -1, 1, -1), (1, 1, -1, -1) are uncorrelated; 1e5 makes the 1e-5 under the root vanish. Equal views: C is the
        // identity.
        var one = Rows([1, 1], [-1, 1], [1, -1], [-1, -1]);
        Assert.Equal(0, BarlowTwinsLoss.Compute(one, one, 0.5).item<double>(), 1e-12);

        // Columns exchanged: C is the exchange, 2 dimensions off by 1 each, and 2 redundant correlations of 1.
        Assert.Equal(2 + (0.5 * 2), BarlowTwinsLoss.Compute(one, one.flip(1), 0.5).item<double>(), 1e-12);

        // Opposite views: the diagonal is -1.
        Assert.Equal(2 * 4, BarlowTwinsLoss.Compute(one, -one, 0.5).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Depend_Neither_On_Mean_And_Scale_Of_A_Dimension_Nor_On_The_Order_Of_Images()
    {
        using var scope = NewDisposeScope();
        var (one, two) = (LossFixtures.Formula(6, 5, 0.3, 1e4), LossFixtures.Formula(6, 5, 1.1, 1e4));
        var scales = arange(1, 6, dtype: ScalarType.Float64);
        var loss = BarlowTwinsLoss.Compute(one, two, 0.1).item<double>();
        Assert.Equal(loss, BarlowTwinsLoss.Compute((one * scales) + 7, two, 0.1).item<double>(), 1e-8);
        Assert.Equal(loss, BarlowTwinsLoss.Compute(one.flip(0), two.flip(0), 0.1).item<double>(), 1e-8);
        Assert.NotEqual(loss, BarlowTwinsLoss.Compute(one.flip(0), two, 0.1).item<double>(), 1e-3);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var two = LossFixtures.Formula(6, 5, 1.1);
        DistillationFixtures.AssertFalls(
            LossFixtures.Formula(6, 5, 0.3), x => BarlowTwinsLoss.Compute(x, two, 0.0051), rate: 0.2, toFraction: 0.5);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Weights()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => BarlowTwinsLoss.Compute(ones(1, 3), ones(1, 3), 0.1));
        Assert.Throws<ArgumentException>(() => BarlowTwinsLoss.Compute(ones(4, 3), ones(4, 1), 0.1));
        Assert.Throws<ArgumentException>(() => BarlowTwinsLoss.Compute(ones(4), ones(4), 0.1));
        Assert.Throws<ArgumentException>(() => BarlowTwinsLoss.Compute(ones(4, 3), ones(4, 3), -1));
        Assert.Throws<ArgumentException>(() => BarlowTwinsLoss.Compute(ones(4, 3), ones(4, 3), double.NaN));
    }

    /// <summary>So long that the 1e-5 under the root does not show.</summary>
    private static Tensor Rows(params double[][] rows) => DistillationFixtures.Rows(rows) * 1e6;
}
