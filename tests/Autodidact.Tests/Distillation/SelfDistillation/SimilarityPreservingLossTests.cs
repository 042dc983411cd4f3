using Autodidact.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class SimilarityPreservingLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        AssertEqualsLoops("similarity_preserving", type => LossFixtures.Formula(Batch, 3, 0.3, type: type), (expected, student) =>
            SimilarityPreservingLoss.Compute(
                student, LossFixtures.Formula(Batch, 4, 1.3, type: student.dtype), new() { Weight = expected.Number("Weight") }));

    [Fact]
    public void Should_Equal_A_Difference_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // Orthogonal student rows: the identity. Equal teacher rows: every entry 1/sqrt(2). Each row differs by (1 - 1/sqrt(2))^2 + 1/2 = 2
        // - sqrt(2).
        var loss = SimilarityPreservingLoss.Compute(Rows([2, 0], [0, 5]), Rows([3.0], [3.0]), new() { Weight = 10 });
        Assert.Equal(10 * 2 * (2 - Math.Sqrt(2)) / 4, loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Cost_Nothing_For_A_Turned_And_Scaled_Teacher_Of_Any_Shape()
    {
        using var scope = NewDisposeScope();
        var teacher = LossFixtures.Formula(Batch, 4, 1.3).detach();
        Assert.Equal(
            0, SimilarityPreservingLoss.Compute((-3 * teacher.flip(1)).reshape(Batch, 1, 2, 2), teacher, new()).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Stay_Finite_Where_A_Row_Is_Zero()
    {
        using var scope = NewDisposeScope();
        var student = Rows([0, 0], [1, 2]).requires_grad_(true);
        var loss = SimilarityPreservingLoss.Compute(student, Rows([1, 2], [0, 0]), new());
        loss.backward();
        Assert.True(loss.isfinite().item<bool>());
        Assert.True(student.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var teacher = LossFixtures.Formula(Batch, 4, 1.3).detach();
        AssertFalls(
            LossFixtures.Formula(Batch, 3, 0.3), x => SimilarityPreservingLoss.Compute(x, teacher, new() { Weight = 1 }), rate: 1,
            toFraction: 0.7);
    }

    [Fact]
    public void Should_Leave_The_Teacher_Alone()
    {
        using var scope = NewDisposeScope();
        AssertTeacherStays(LossFixtures.Formula(Batch, 3, 0.3), LossFixtures.Formula(Batch, 4, 1.3), (s, t) =>
            SimilarityPreservingLoss.Compute(s, t, new()));
    }

    [Fact]
    public void Should_Refuse_Batches_Of_Different_Size()
    {
        Assert.Throws<ArgumentException>(() => SimilarityPreservingLoss.Compute(ones(4, 3), ones(1, 3), new()));
        Assert.Throws<ArgumentException>(() => SimilarityPreservingLoss.Compute(ones(4), ones(4), new()));
    }
}
