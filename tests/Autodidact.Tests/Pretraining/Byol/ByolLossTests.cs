using Autodidact.Pretraining;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class ByolLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        SiameseFixtures.AssertEqualsLoops("byol", (_, type) => [LossFixtures.Formula(6, 5, 0.3, 2, type)], (_, x) =>
            ByolLoss.Compute(x[0], LossFixtures.Formula(6, 5, 1.3, 0.5, x[0].dtype)));

    [Fact]
    public void Should_Be_0_4_And_8_For_Equal_Orthogonal_And_Opposite_Embeddings_Of_The_Other_View()
    {
        using var scope = NewDisposeScope();
        var targets = Rows([0, 3], [2, 0]);
        Assert.Equal(0, ByolLoss.Compute(Rows([5, 0], [0, 1]), targets).item<double>(), 1e-12);
        Assert.Equal(4, ByolLoss.Compute(Rows([0, 5], [1, 0]), targets).item<double>(), 1e-12);
        Assert.Equal(8, ByolLoss.Compute(Rows([-5, 0], [0, -1]), targets).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_Lengths_Or_On_Which_View_Is_First()
    {
        using var scope = NewDisposeScope();
        var (p, z) = (LossFixtures.Formula(6, 5, 0.3), LossFixtures.Formula(6, 5, 1.3));
        var scales = arange(1, 7, dtype: ScalarType.Float64).unsqueeze(1);
        var loss = ByolLoss.Compute(p, z).item<double>();
        Assert.Equal(loss, ByolLoss.Compute(p * scales, z / scales).item<double>(), 1e-12);
        Assert.Equal(loss, ByolLoss.Compute(p.roll(3, 0), z.roll(3, 0)).item<double>(), 1e-12);
        Assert.NotEqual(loss, ByolLoss.Compute(p.roll(3, 0), z).item<double>(), 1e-3);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var targets = LossFixtures.Formula(6, 5, 1.3);
        AssertFalls(LossFixtures.Formula(6, 5, 0.3), x => ByolLoss.Compute(x, targets), rate: 1, toFraction: 0.5);
    }

    [Fact]
    public void Should_Leave_The_Targets_Alone()
    {
        using var scope = NewDisposeScope();
        AssertTeacherStays(LossFixtures.Formula(6, 5, 0.3), LossFixtures.Formula(6, 5, 1.3), ByolLoss.Compute);
    }

    [Fact]
    public void Should_Refuse_What_Is_No_Batch_Of_Pairs()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => ByolLoss.Compute(ones(5, 3), ones(5, 3)));
        Assert.Throws<ArgumentException>(() => ByolLoss.Compute(ones(4, 3), ones(4, 1)));
        Assert.Throws<ArgumentException>(() => ByolLoss.Compute(ones(4), ones(4)));
    }
}
