using Autodidact.Pretraining;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class SimSiamLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        SiameseFixtures.AssertEqualsLoops("simsiam", (_, type) => [LossFixtures.Formula(6, 5, 0.3, 2, type)], (_, x) =>
            SimSiamLoss.Compute(x[0], LossFixtures.Formula(6, 5, 1.3, 0.5, x[0].dtype)));

    [Fact]
    public void Should_Be_The_Negative_Cosine_With_The_Other_View()
    {
        using var scope = NewDisposeScope();
        var projections = Rows([0, 3], [2, 0]);
        Assert.Equal(-1, SimSiamLoss.Compute(Rows([5, 0], [0, 1]), projections).item<double>(), 1e-12);
        Assert.Equal(0, SimSiamLoss.Compute(Rows([0, 5], [1, 0]), projections).item<double>(), 1e-12);
        Assert.Equal(-0.5, SimSiamLoss.Compute(Rows([5, 0], [1, 0]), projections).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_Lengths_Or_On_Which_View_Is_First()
    {
        using var scope = NewDisposeScope();
        var (p, z) = (LossFixtures.Formula(6, 5, 0.3), LossFixtures.Formula(6, 5, 1.3));
        var scales = arange(1, 7, dtype: ScalarType.Float64).unsqueeze(1);
        var loss = SimSiamLoss.Compute(p, z).item<double>();
        Assert.Equal(loss, SimSiamLoss.Compute(p * scales, z / scales).item<double>(), 1e-12);
        Assert.Equal(loss, SimSiamLoss.Compute(p.roll(3, 0), z.roll(3, 0)).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var (x, z) = (LossFixtures.Formula(6, 5, 0.3), LossFixtures.Formula(6, 5, 1.3));
        var first = SimSiamLoss.Compute(x, z).item<double>();
        for (var step = 0; step < 20; step++)
        {
            var leaf = x.detach().requires_grad_(true);
            SimSiamLoss.Compute(leaf, z).backward();
            x = leaf.detach() - (2 * leaf.grad!);
        }

        Assert.InRange(SimSiamLoss.Compute(x, z).item<double>(), -1, first - 0.2);
    }

    [Fact]
    public void Should_Stop_The_Gradient_Of_The_Projections()
    {
        using var scope = NewDisposeScope();
        AssertTeacherStays(LossFixtures.Formula(6, 5, 0.3), LossFixtures.Formula(6, 5, 1.3), SimSiamLoss.Compute);
    }

    [Fact]
    public void Should_Refuse_What_Is_No_Batch_Of_Pairs()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => SimSiamLoss.Compute(ones(5, 3), ones(5, 3)));
        Assert.Throws<ArgumentException>(() => SimSiamLoss.Compute(ones(4, 3), ones(2, 3)));
        Assert.Throws<ArgumentException>(() => SimSiamLoss.Compute(ones(4), ones(4)));
    }
}
