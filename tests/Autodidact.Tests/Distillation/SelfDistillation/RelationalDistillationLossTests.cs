using Autodidact.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class RelationalDistillationLossTests
{
    private static readonly RelationalDistillationOptions DistanceAlone = new() { Distance = 1, Angle = 0 };
    private static readonly RelationalDistillationOptions AngleAlone = new() { Distance = 0, Angle = 1 };

    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        AssertEqualsLoops("relational_distillation", type => LossFixtures.Formula(Batch, 3, 0.3, type: type), (expected, student) =>
            RelationalDistillationLoss.Compute(
                student,
                TeacherWithEqualRows(student.dtype),
                new() { Distance = expected.Number("Distance"), Angle = expected.Number("Angle") }).Loss);

    [Fact]
    public void Should_Equal_Distances_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // Student on a line at 0, 1, 2: distances 1, 2, 1 with mean 4/3, so 3/4, 3/2, 3/4. Teacher an equilateral triangle: 1, 1, 1.
        // Huber of 1/4, 1/2, 1/4 is 1/32 + 1/8 + 1/32 = 3/16 over pairs; both orders over 9 is 1/24.
        var loss = RelationalDistillationLoss.Compute(Rows([0], [1], [2]), Triangle(), DistanceAlone).Loss;
        Assert.Equal(1.0 / 24, loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Equal_Angles_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // On the line the cosines are 1 at the ends and -1 at the middle; in the triangle 1/2. Huber of 1/2 twice and of 3/2 once: 1/8 +
        // 1/8 + 1 = 5/4; both orders over 27 is 5/54.
        var (loss, parts) = RelationalDistillationLoss.Compute(Rows([0], [1], [2]), Triangle(), AngleAlone);
        Assert.Equal(5.0 / 54, loss.item<double>(), 1e-12);
        Assert.Equal(["angle"], parts.Keys);
    }

    [Fact]
    public void Should_Cost_Nothing_For_A_Moved_Turned_And_Scaled_Teacher()
    {
        using var scope = NewDisposeScope();
        var teacher = LossFixtures.Formula(Batch, 2, 1.3).detach();
        var turn = Rows([Math.Cos(0.4), -Math.Sin(0.4)], [Math.Sin(0.4), Math.Cos(0.4)]);
        Assert.Equal(0, RelationalDistillationLoss.Compute((3 * mm(teacher, turn)) + 5, teacher, new()).Loss.item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Should_Stay_Finite_Where_Rows_Are_Equal(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var some = LossFixtures.Formula(Batch, 3, 0.3, type: type);
        var all = ones(Batch, 3, type);
        (Tensor Student, Tensor Teacher)[] pairs =
            [(all.clone(), some), (all.clone(), all), (some, all), (cat([some[..3], some[..3]]), some)];
        foreach (var (student, teacher) in pairs)
        {
            var leaf = student.detach().requires_grad_(true);
            var loss = RelationalDistillationLoss.Compute(leaf, teacher, new()).Loss;
            loss.backward();
            Assert.True(loss.isfinite().all().item<bool>());
            Assert.True(leaf.grad!.isfinite().all().item<bool>());
        }
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var teacher = LossFixtures.Formula(Batch, 4, 1.3).detach();
        AssertFalls(
            LossFixtures.Formula(Batch, 3, 0.3), x => RelationalDistillationLoss.Compute(x, teacher, new()).Loss, rate: 0.02,
            toFraction: 0.7);
    }

    [Fact]
    public void Should_Leave_The_Teacher_Alone()
    {
        using var scope = NewDisposeScope();
        AssertTeacherStays(LossFixtures.Formula(Batch, 3, 0.3), LossFixtures.Formula(Batch, 4, 1.3), (s, t) =>
            RelationalDistillationLoss.Compute(s, t, new()).Loss);
    }

    [Fact]
    public void Should_Refuse_Batches_Without_Pairs()
    {
        Assert.Throws<ArgumentException>(() => RelationalDistillationLoss.Compute(ones(1, 3), ones(1, 3), new()));
        Assert.Throws<ArgumentException>(() => RelationalDistillationLoss.Compute(ones(4, 3), ones(3, 3), new()));
        Assert.Throws<ArgumentException>(() => RelationalDistillationLoss.Compute(ones(4, 3, 2), ones(4, 3), new()));
    }

    private static Tensor Triangle() => Rows([0, 0], [1, 0], [0.5, Math.Sqrt(0.75)]);

    private static Tensor TeacherWithEqualRows(ScalarType type)
    {
        var teacher = LossFixtures.Formula(Batch, 4, 1.3, type: type).detach();
        teacher[4] = teacher[1].clone();
        return teacher;
    }
}
