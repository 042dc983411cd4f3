using Autodidact.Objectives;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class NonParametricSoftmaxLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() => PretextFixtures.AssertEqualsLoops(
        "full_softmax",
        type => LossFixtures.Formula(3, 4, 0.3, type: type),
        (expected, x) => NonParametricSoftmaxLoss.Compute(
            x, PretextFixtures.Memory(x.dtype), tensor(PretextFixtures.Rows), expected.Number("Temperature")));

    [Theory]
    [InlineData(2, 0.1)]
    [InlineData(50, 0.07)]
    public void Should_Be_The_Logarithm_Of_The_Images_Where_All_Are_Remembered_Alike(int images, double temperature)
    {
        using var scope = NewDisposeScope();
        var memory = ones(images, 4, dtype: ScalarType.Float64) / 2;
        Assert.Equal(
            Math.Log(images),
            NonParametricSoftmaxLoss.Compute(LossFixtures.Formula(2, 4, 0.3), memory, tensor(new long[] { 1, 0 }), temperature)
                .item<double>(),
            1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_Lengths_Or_The_Order_Of_The_Memory()
    {
        using var scope = NewDisposeScope();
        var (x, memory) = (LossFixtures.Formula(3, 4, 0.3), PretextFixtures.Memory());
        var loss = NonParametricSoftmaxLoss.Compute(x, memory, tensor(PretextFixtures.Rows), 0.1).item<double>();
        var scales = arange(1, 4, dtype: ScalarType.Float64).unsqueeze(1);
        Assert.Equal(
            loss,
            NonParametricSoftmaxLoss.Compute(x * scales, memory.flip(0), 8 - tensor(PretextFixtures.Rows), 0.1).item<double>(),
            1e-10);
    }

    [Fact]
    public void Should_Fall_Under_Descent_And_Leave_The_Memory_Alone()
    {
        using var scope = NewDisposeScope();
        var (memory, rows) = (PretextFixtures.Memory().requires_grad_(true), tensor(PretextFixtures.Rows));
        DistillationFixtures.AssertFalls(
            LossFixtures.Formula(3, 4, 0.3), x => NonParametricSoftmaxLoss.Compute(x, memory, rows, 0.5), rate: 1, toFraction: 0.8);
        Assert.True(memory.grad is null);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Temperatures()
    {
        using var scope = NewDisposeScope();
        var rows = tensor(PretextFixtures.Rows);
        Assert.Throws<ArgumentException>(() => NonParametricSoftmaxLoss.Compute(ones(3, 4), ones(9, 5), rows, 0.1));
        Assert.Throws<ArgumentException>(() => NonParametricSoftmaxLoss.Compute(ones(2, 4), ones(9, 4), rows, 0.1));
        Assert.Throws<ArgumentException>(() => NonParametricSoftmaxLoss.Compute(ones(3, 4), ones(9, 4), rows, 0));
        Assert.Throws<ArgumentException>(() => NonParametricSoftmaxLoss.Compute(ones(3, 4), ones(9, 4), rows, double.NaN));
    }
}
