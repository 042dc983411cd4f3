using Autodidact.Objectives;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class PretextLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        PretextFixtures.AssertEqualsLoops(
            "pretext", type => LossFixtures.Formula(5, 7, 1.1, 2, type), (_, x) => PretextLoss.Compute(x, Answers()));

    [Fact]
    public void Should_Be_The_Logarithm_Of_The_Choices_For_Equal_Logits()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(Math.Log(7), PretextLoss.Compute(zeros(5, 7, dtype: ScalarType.Float64), Answers()).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_The_Order_Of_The_Batch()
    {
        using var scope = NewDisposeScope();
        var z = LossFixtures.Formula(5, 7, 1.1);
        Assert.Equal(
            PretextLoss.Compute(z, Answers()).item<double>(), PretextLoss.Compute(z.flip(0), Answers().flip(0)).item<double>(), 1e-12);
        Assert.NotEqual(PretextLoss.Compute(z, Answers()).item<double>(), PretextLoss.Compute(z, Answers().flip(0)).item<double>(), 1e-3);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var answers = Answers();
        DistillationFixtures.AssertFalls(LossFixtures.Formula(5, 7, 1.1), x => PretextLoss.Compute(x, answers), rate: 3, toFraction: 0.3);
    }

    [Fact]
    public void Should_Count_Right_Answers()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0.75, PretextLoss.Accuracy(eye(4), tensor(new long[] { 0, 1, 2, 0 })).item<float>(), 1e-6);
    }

    [Fact]
    public void Should_Refuse_Answers_That_Do_Not_Fit()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => PretextLoss.Compute(ones(4, 7), Answers()));
        Assert.Throws<ArgumentException>(() => PretextLoss.Compute(ones(5, 1), Answers()));
        Assert.Throws<ArgumentException>(() => PretextLoss.Compute(ones(5, 7), ones(5)));
        Assert.Throws<ArgumentException>(() => PretextLoss.Compute(ones(5), Answers()));
    }

    private static Tensor Answers() => tensor(Enumerable.Range(0, 5).Select(i => (long)(i * 3 % 7)).ToArray());
}
