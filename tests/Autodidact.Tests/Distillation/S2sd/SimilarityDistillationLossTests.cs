using Autodidact.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class SimilarityDistillationLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        AssertEqualsLoops("similarity_distillation", type => LossFixtures.Formula(Batch, 3, 0.3, type: type), (expected, student) =>
            SimilarityDistillationLoss.Compute(
                student,
                LossFixtures.Formula(Batch, 4, 1.3, type: student.dtype),
                new() { Weight = expected.Number("Weight"), Temperature = expected.Number("Temperature") }));

    [Fact]
    public void Should_Equal_A_Divergence_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // Teacher rows are opposite: cosines 1 and -1, at T = 2 / ln 3 so (3/4, 1/4). Student rows are equal: (1/2, 1/2).
        var t = 2 / Math.Log(3);
        var loss = SimilarityDistillationLoss.Compute(Rows([1, 2], [2, 4]), Rows([1.0], [-3.0]), new() { Weight = 10, Temperature = t });
        Assert.Equal(10 * t * t * ((0.75 * Math.Log(1.5)) + (0.25 * Math.Log(0.5))), loss.item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Cost_Nothing_For_A_Turned_Teacher_With_Rows_Of_Any_Length()
    {
        using var scope = NewDisposeScope();
        var teacher = LossFixtures.Formula(Batch, 4, 1.3).detach();
        var scales = arange(1, Batch + 1, dtype: ScalarType.Float64).unsqueeze(1);
        Assert.Equal(0, SimilarityDistillationLoss.Compute(-teacher.flip(1) * scales, teacher, new()).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var teacher = LossFixtures.Formula(Batch, 4, 1.3).detach();
        AssertFalls(
            LossFixtures.Formula(Batch, 3, 0.3), x => SimilarityDistillationLoss.Compute(x, teacher, new() { Weight = 1 }), rate: 2,
            toFraction: 0.7);
    }

    [Fact]
    public void Should_Leave_The_Teacher_Alone()
    {
        using var scope = NewDisposeScope();
        AssertTeacherStays(LossFixtures.Formula(Batch, 3, 0.3), LossFixtures.Formula(Batch, 4, 1.3), (s, t) =>
            SimilarityDistillationLoss.Compute(s, t, new()));
    }

    [Fact]
    public void Should_Refuse_Batches_Without_Pairs_And_Other_Temperatures()
    {
        Assert.Throws<ArgumentException>(() => SimilarityDistillationLoss.Compute(ones(1, 3), ones(1, 3), new()));
        Assert.Throws<ArgumentException>(() => SimilarityDistillationLoss.Compute(ones(4, 3), ones(3, 3), new()));
        Assert.Throws<ArgumentException>(
            () => SimilarityDistillationLoss.Compute(ones(4, 3), ones(4, 3), new() { Temperature = double.NaN }));
    }
}
