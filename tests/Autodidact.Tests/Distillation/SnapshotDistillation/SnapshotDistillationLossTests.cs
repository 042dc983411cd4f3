using Autodidact.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class SnapshotDistillationLossTests
{
    private static readonly SnapshotDistillationOptions Default = new();

    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        AssertEqualsLoops("snapshot_distillation", type => LossFixtures.Formula(Batch, Classes, 0.5, 2, type), (expected, student) =>
            SnapshotDistillationLoss.Compute(
                student, LossFixtures.Formula(Batch, Classes, 1.2, 3, student.dtype),
                new() { Temperature = expected.Number("Temperature") }, Targets()).Loss);

    [Fact]
    public void Should_Equal_A_Loss_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // The snapshot says (1/4, 3/4) at T = 2, the student (1/2, 1/2): 3/2 ln 2 + 1/4 ln(1/2) + 3/4 ln(3/2).
        var (loss, parts) = SnapshotDistillationLoss.Compute(
            zeros(1, 2, ScalarType.Float64), Rows([0, 2 * Math.Log(3)]), Default with { Temperature = 2 }, zeros(1, ScalarType.Int64));
        var divergence = (0.25 * Math.Log(0.5)) + (0.75 * Math.Log(1.5));
        Assert.Equal((1.5 * Math.Log(2)) + divergence, loss.item<double>(), 1e-12);
        Assert.Equal((Math.Log(2), divergence), (parts["hard"].item<double>(), parts["soft"].item<double>()), (a, b) =>
            Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_A_Constant_Added_To_An_Image()
    {
        using var scope = NewDisposeScope();
        var (student, snapshot) = (LossFixtures.Formula(Batch, Classes, 0.5), LossFixtures.Formula(Batch, Classes, 1.2));
        Assert.Equal(
            SnapshotDistillationLoss.Compute(student, snapshot, Default, Targets()).Loss.item<double>(),
            SnapshotDistillationLoss.Compute(student + 3, snapshot - 2, Default, Targets()).Loss.item<double>(),
            1e-10);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var snapshot = LossFixtures.Formula(Batch, Classes, 1.2, 3).detach();
        AssertFalls(
            LossFixtures.Formula(Batch, Classes, 0.5, 2), x => SnapshotDistillationLoss.Compute(x, snapshot, Default, Targets()).Loss,
            rate: 2, toFraction: 0.7);
    }

    [Fact]
    public void Should_Leave_The_Snapshot_Alone()
    {
        using var scope = NewDisposeScope();
        AssertTeacherStays(LossFixtures.Formula(Batch, Classes, 0.5), LossFixtures.Formula(Batch, Classes, 1.2), (s, t) =>
            SnapshotDistillationLoss.Compute(s, t, Default, Targets()).Loss);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Temperatures()
    {
        Assert.Throws<ArgumentException>(() => SnapshotDistillationLoss.Compute(ones(6, 3), ones(1, 3), Default, Targets()));
        Assert.Throws<ArgumentException>(() => SnapshotDistillationLoss.Compute(ones(4), ones(4), Default, Targets()));
        Assert.Throws<ArgumentException>(
            () => SnapshotDistillationLoss.Compute(ones(6, 5), ones(6, 5), Default with { Temperature = 0 }, Targets()));
    }
}
