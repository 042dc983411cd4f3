using Autodidact.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class SeedDistillationLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        AssertEqualsLoops(
            "seed",
            type => LossFixtures.Formula(Batch, 4, 0.3, type: type),
            (expected, student) => SeedDistillationLoss.Compute(
                student,
                LossFixtures.Formula(Batch, 4, 1.3, type: student.dtype),
                Unit(LossFixtures.Formula(7, 4, 0.8, type: student.dtype)),
                expected.Number("Temperature"),
                expected.Number("TeacherTemperature")));

    [Fact]
    public void Should_Equal_An_Entropy_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // One anchor opposite the teacher, and the teacher itself: (1/4, 3/4) at T = 2 / ln 3, (1/10, 9/10) for an equal student at 2 / ln
        // 9.
        var loss = SeedDistillationLoss.Compute(Rows([0, 5]), Rows([0, 2]), Rows([0, -1]), 2 / Math.Log(9), 2 / Math.Log(3));
        Assert.Equal(-(0.25 * Math.Log(0.1)) - (0.75 * Math.Log(0.9)), loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Aim_At_The_Image_Itself_Where_The_Teacher_Is_Sharp()
    {
        using var scope = NewDisposeScope();
        var (student, teacher, queue) =
            (LossFixtures.Formula(Batch, 4, 0.3), LossFixtures.Formula(Batch, 4, 1.3), Unit(LossFixtures.Formula(7, 4, 0.8)));
        var answers = cat([mm(Unit(student), queue.t()), (Unit(student) * Unit(teacher)).sum(1, keepdim: true)], 1) / 0.2;
        var wanted = nn.functional.cross_entropy(answers, full([Batch], 7L)).item<double>();
        Assert.Equal(wanted, SeedDistillationLoss.Compute(student, teacher, queue, 0.2, 1e-6).item<double>(), 1e-9);
    }

    [Fact]
    public void Should_Not_Depend_On_Lengths_Or_The_Order_Of_The_Queue()
    {
        using var scope = NewDisposeScope();
        var (student, teacher, queue) =
            (LossFixtures.Formula(Batch, 4, 0.3), LossFixtures.Formula(Batch, 4, 1.3), Unit(LossFixtures.Formula(7, 4, 0.8)));
        var scales = arange(1, Batch + 1, dtype: ScalarType.Float64).unsqueeze(1);
        var loss = SeedDistillationLoss.Compute(student, teacher, queue, 0.2, 0.1).item<double>();
        Assert.Equal(loss, SeedDistillationLoss.Compute(student * scales, teacher / scales, queue.flip(0), 0.2, 0.1).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var (teacher, queue) = (LossFixtures.Formula(Batch, 4, 1.3).detach(), Unit(LossFixtures.Formula(7, 4, 0.8)));
        AssertFalls(
            LossFixtures.Formula(Batch, 4, 0.3), x => SeedDistillationLoss.Compute(x, teacher, queue, 0.2, 0.01), rate: 1, toFraction: 0.7);
    }

    [Fact]
    public void Should_Leave_Teacher_And_Queue_Alone()
    {
        using var scope = NewDisposeScope();
        var queue = LossFixtures.Formula(7, 4, 0.8);
        AssertTeacherStays(LossFixtures.Formula(Batch, 4, 0.3), LossFixtures.Formula(Batch, 4, 1.3), (s, t) =>
            SeedDistillationLoss.Compute(s, t, queue, 0.2, 0.1));
        Assert.True(queue.grad is null);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Temperatures()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => SeedDistillationLoss.Compute(ones(4, 2), ones(4, 3), ones(5, 3), 1, 1));
        Assert.Throws<ArgumentException>(() => SeedDistillationLoss.Compute(ones(4, 3), ones(4, 3), ones(5, 2), 1, 1));
        Assert.Throws<ArgumentException>(() => SeedDistillationLoss.Compute(ones(4, 3), ones(4, 3), ones(5, 3), 0, 1));
        Assert.Throws<ArgumentException>(() => SeedDistillationLoss.Compute(ones(4, 3), ones(4, 3), ones(5, 3), 1, -1));
    }

    private static Tensor Unit(Tensor rows) => nn.functional.normalize(rows.detach(), p: 2, dim: 1);
}
