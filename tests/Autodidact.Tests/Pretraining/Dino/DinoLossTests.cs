using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class DinoLossTests
{
    private const int Images = 3;
    private const int Outputs = 7;

    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() => SiameseFixtures.AssertEqualsLoops(
        "dino",
        (expected, type) => [LossFixtures.Formula(Images * (int)expected.Number("Views"), Outputs, 0.2, type: type)],
        (expected, x) => DinoLoss.Compute(
            x[0],
            DinoLoss.Targets(
                LossFixtures.Formula(2 * Images, Outputs, 1.7, type: x[0].dtype),
                LossFixtures.Formula(1, Outputs, 0.9, 0.3, x[0].dtype),
                expected.Number("TeacherTemperature")),
            expected.Number("StudentTemperature")));

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void Should_Be_The_Logarithm_Of_The_Outputs_For_A_Student_That_Says_Nothing(int views)
    {
        using var scope = NewDisposeScope();
        var targets = DinoLoss.Targets(LossFixtures.Formula(2 * Images, Outputs, 1.7), zeros(Outputs, dtype: ScalarType.Float64), 0.04);
        Assert.Equal(
            Math.Log(Outputs),
            DinoLoss.Compute(ones(views * Images, Outputs, dtype: ScalarType.Float64), targets, 0.1).item<double>(),
            1e-12);
    }

    [Fact]
    public void Should_Not_Compare_A_View_With_Itself()
    {
        using var scope = NewDisposeScope();

        // One image. The teacher is sure of output 0 of view 0 and of output 1 of view 1; a student that says the other's is right, one
        // that says its own is wrong.
        var targets = DinoLoss.Targets(Rows([9, 0], [0, 9]), zeros(2, dtype: ScalarType.Float64), 0.1);
        Assert.Equal(0, DinoLoss.Compute(Rows([0, 9], [9, 0]), targets, 0.1).item<double>(), 1e-12);
        Assert.Equal(90, DinoLoss.Compute(Rows([9, 0], [0, 9]), targets, 0.1).item<double>(), 1e-9);

        // A local view is compared with both: right once, wrong once, of 4 pairs.
        Assert.Equal(90.0 / 4, DinoLoss.Compute(Rows([0, 9], [9, 0], [9, 0]), targets, 0.1).item<double>(), 1e-9);
    }

    [Fact]
    public void Should_Take_The_Centre_Off_The_Teacher()
    {
        using var scope = NewDisposeScope();
        var teacher = LossFixtures.Formula(2 * Images, Outputs, 1.7);
        var center = LossFixtures.Formula(1, Outputs, 0.9);
        Assert.True(DinoLoss.Targets(teacher + center, center, 0.07).allclose(DinoLoss.Targets(teacher, zeros_like(center), 0.07)));
        Assert.Equal(1.0 / Outputs, DinoLoss.Targets(center.expand(2, Outputs), center, 0.07)[0, 3].item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_The_Order_Of_Local_Views()
    {
        using var scope = NewDisposeScope();
        var student = LossFixtures.Formula(4 * Images, Outputs, 0.2);
        var targets = DinoLoss.Targets(LossFixtures.Formula(2 * Images, Outputs, 1.7), zeros(Outputs, dtype: ScalarType.Float64), 0.07);
        var exchanged = cat(
            [student.narrow(0, 0, 2 * Images), student.narrow(0, 3 * Images, Images), student.narrow(0, 2 * Images, Images)]);
        Assert.Equal(
            DinoLoss.Compute(student, targets, 0.1).item<double>(), DinoLoss.Compute(exchanged, targets, 0.1).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var targets = DinoLoss.Targets(LossFixtures.Formula(2 * Images, Outputs, 1.7), zeros(Outputs, dtype: ScalarType.Float64), 0.1);
        AssertFalls(LossFixtures.Formula(2 * Images, Outputs, 0.2), x => DinoLoss.Compute(x, targets, 0.5), rate: 2, toFraction: 0.8);
    }

    [Fact]
    public void Should_Leave_The_Teacher_And_The_Centre_Alone()
    {
        using var scope = NewDisposeScope();
        var center = LossFixtures.Formula(1, Outputs, 0.9);
        AssertTeacherStays(
            LossFixtures.Formula(2 * Images, Outputs, 0.2),
            LossFixtures.Formula(2 * Images, Outputs, 1.7), (s, t) => DinoLoss.Compute(s, DinoLoss.Targets(t, center, 0.07), 0.1));
        Assert.True(center.grad is null);
        AssertTeacherStays(LossFixtures.Formula(2 * Images, Outputs, 0.2), LossFixtures.Formula(2 * Images, Outputs, 1.7), (s, t) =>
            DinoLoss.Compute(s, t, 0.1));
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Temperatures()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => DinoLoss.Targets(ones(3, 2), ones(2), 1));
        Assert.Throws<ArgumentException>(() => DinoLoss.Targets(ones(4, 2), ones(1), 1));
        Assert.Throws<ArgumentException>(() => DinoLoss.Targets(ones(4, 2), ones(2), 0));
        Assert.Throws<ArgumentException>(() => DinoLoss.Compute(ones(2, 2), ones(4, 2), 1));
        Assert.Throws<ArgumentException>(() => DinoLoss.Compute(ones(5, 2), ones(4, 2), 1));
        Assert.Throws<ArgumentException>(() => DinoLoss.Compute(ones(4, 3), ones(4, 2), 1));
        Assert.Throws<ArgumentException>(() => DinoLoss.Compute(ones(4, 2), ones(4, 2), double.NaN));
    }
}
