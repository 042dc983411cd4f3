using Autodidact.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class CompRessLossTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 3)]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient(int own, int dimension) =>
        AssertEqualsLoops(
            "compress",
            expected => expected.Number("Own") == own,
            type => LossFixtures.Formula(Batch, dimension, 0.3, type: type),
            (expected, student) =>
            {
                var anchors = Unit(LossFixtures.Formula(7, 4, 0.8, type: student.dtype));
                return CompRessLoss.Compute(
                    student,
                    LossFixtures.Formula(Batch, 4, 1.3, type: student.dtype),
                    own == 0 ? anchors : Unit(LossFixtures.Formula(7, 3, 2.2, type: student.dtype)),
                    anchors,
                    expected.Number("Temperature"));
            });

    [Fact]
    public void Should_Equal_A_Divergence_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // The teacher lies on the first of two opposite anchors: at T = 2 / ln 3 that is (3/4, 1/4). The student is orthogonal to both of
        // its own: (1/2, 1/2).
        var loss = CompRessLoss.Compute(Rows([0, 5, 0]), Rows([2, 0]), Rows([1, 0, 0], [-1, 0, 0]), Rows([1, 0], [-1, 0]), 2 / Math.Log(3));
        Assert.Equal((0.75 * Math.Log(1.5)) + (0.25 * Math.Log(0.5)), loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_Lengths_Or_The_Order_Of_Anchors()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (LossFixtures.Formula(Batch, 3, 0.3), LossFixtures.Formula(Batch, 4, 1.3));
        var (own, anchors) = (Unit(LossFixtures.Formula(7, 3, 2.2)), Unit(LossFixtures.Formula(7, 4, 0.8)));
        var scales = arange(1, Batch + 1, dtype: ScalarType.Float64).unsqueeze(1);
        var loss = CompRessLoss.Compute(student, teacher, own, anchors, 0.04).item<double>();
        Assert.Equal(
            loss, CompRessLoss.Compute(student * scales, teacher / scales, own.flip(0), anchors.flip(0), 0.04).item<double>(), 1e-10);
        Assert.NotEqual(loss, CompRessLoss.Compute(student, teacher, own.flip(0), anchors, 0.04).item<double>(), 1e-3);
        Assert.Equal(0, CompRessLoss.Compute(teacher * scales, teacher, anchors, anchors, 0.04).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var (teacher, anchors) = (LossFixtures.Formula(Batch, 4, 1.3).detach(), Unit(LossFixtures.Formula(7, 4, 0.8)));
        AssertFalls(
            LossFixtures.Formula(Batch, 4, 0.3), x => CompRessLoss.Compute(x, teacher, anchors, anchors, 0.2), rate: 1, toFraction: 0.5);
    }

    [Fact]
    public void Should_Leave_Teacher_And_Anchors_Alone()
    {
        using var scope = NewDisposeScope();
        var (own, anchors) = (LossFixtures.Formula(7, 3, 2.2), LossFixtures.Formula(7, 4, 0.8));
        AssertTeacherStays(LossFixtures.Formula(Batch, 3, 0.3), LossFixtures.Formula(Batch, 4, 1.3), (s, t) =>
            CompRessLoss.Compute(s, t, own, anchors, 0.5));
        Assert.True(own.grad is null && anchors.grad is null);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Temperatures()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => CompRessLoss.Compute(ones(4, 3), ones(2, 3), ones(5, 3), ones(5, 3), 1));
        Assert.Throws<ArgumentException>(() => CompRessLoss.Compute(ones(4, 3), ones(4, 3), ones(5, 2), ones(5, 3), 1));
        Assert.Throws<ArgumentException>(() => CompRessLoss.Compute(ones(4, 3), ones(4, 3), ones(5, 3), ones(6, 3), 1));
        Assert.Throws<ArgumentException>(() => CompRessLoss.Compute(ones(4, 3), ones(4, 3), ones(5, 3), ones(5, 4), 1));
        Assert.Throws<ArgumentException>(() => CompRessLoss.Compute(ones(4, 3), ones(4, 3), ones(5, 3), ones(5, 3), 0));
    }

    private static Tensor Unit(Tensor rows) => nn.functional.normalize(rows.detach(), p: 2, dim: 1);
}
