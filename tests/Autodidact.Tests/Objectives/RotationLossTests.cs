using Autodidact.Objectives;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class RotationLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        PretextFixtures.AssertEqualsLoops("rotation", type => LossFixtures.Formula(12, 4, 0.2, 2, type), (_, x) => RotationLoss.Compute(x));

    [Fact]
    public void Should_Be_The_Logarithm_Of_Four_For_Equal_Logits()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(Math.Log(4), RotationLoss.Compute(ones(8, 4, dtype: ScalarType.Float64)).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_What_Is_Added_To_All_Logits_Of_A_Row()
    {
        using var scope = NewDisposeScope();
        var z = LossFixtures.Formula(12, 4, 0.2);
        var shifts = arange(12, dtype: ScalarType.Float64).unsqueeze(1);
        Assert.Equal(RotationLoss.Compute(z).item<double>(), RotationLoss.Compute(z + shifts).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        DistillationFixtures.AssertFalls(LossFixtures.Formula(12, 4, 0.2), RotationLoss.Compute, rate: 5, toFraction: 0.3);
    }

    [Fact]
    public void Should_Refuse_What_Is_Not_Four_Rotations()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => RotationLoss.Compute(ones(6, 4)));
        Assert.Throws<ArgumentException>(() => RotationLoss.Compute(ones(8, 3)));
        Assert.Throws<ArgumentException>(() => RotationLoss.Compute(ones(0, 4)));
        Assert.Throws<ArgumentException>(() => RotationLoss.Compute(ones(8)));
    }
}
