using Autodidact.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class FitNetsLossTests
{
    private static readonly FitNetsOptions Half = new() { Form = FitNetsForm.HalfSquaredDistance, Weight = 1 };

    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        AssertEqualsLoops("fit_nets", type => LossFixtures.Formula(Batch, 3, 0.2, type: type), (expected, student) =>
            FitNetsLoss.Compute(
                student, LossFixtures.Formula(Batch, 4, 0.4, type: student.dtype), Options(expected), Regressor(student.dtype)));

    [Fact]
    public void Should_Train_The_Regressor_As_Plain_Loops_Would()
    {
        foreach (var expected in Cases("fit_nets"))
        {
            using var scope = NewDisposeScope();
            using var regressor = Regressor(ScalarType.Float64);
            FitNetsLoss.Compute(LossFixtures.Formula(Batch, 3, 0.2), LossFixtures.Formula(Batch, 4, 0.4), Options(expected), regressor)
                .backward();
            LossFixtures.AssertClose(expected.GetProperty("weight"), regressor.weight!.grad!, 1e-6);
            LossFixtures.AssertClose(expected.GetProperty("bias"), regressor.bias!.grad!, 1e-6);
        }
    }

    [Theory]
    [InlineData(FitNetsForm.HalfSquaredDistance, 6.75)] // (1/2) (25 + 2) / 2 images
    [InlineData(FitNetsForm.MeanOfSquares, 6.75)] // (25 + 2) / 4 entries
    public void Should_Equal_Distances_Worked_By_Hand(FitNetsForm form, double wanted)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(
            wanted,
            FitNetsLoss.Compute(Rows([3, 4], [1, 1]), zeros(2, 2, ScalarType.Float64), new() { Form = form, Weight = 1 }).item<double>(),
            1e-12);
    }

    [Fact]
    public void Should_Differ_In_Form_By_Half_The_Size_Of_A_Map()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) =
            (LossFixtures.Formula(2, 24, 0.2).reshape(2, 6, 2, 2), LossFixtures.Formula(2, 24, 0.9).reshape(2, 6, 2, 2));
        Assert.Equal(
            12 * FitNetsLoss.Compute(student, teacher, new() { Weight = 1 }).item<double>(),
            FitNetsLoss.Compute(student, teacher, Half).item<double>(),
            1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_What_Both_Sides_Are_Moved_By()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (LossFixtures.Formula(Batch, 4, 0.2), LossFixtures.Formula(Batch, 4, 0.9));
        Assert.Equal(
            FitNetsLoss.Compute(student, teacher, new()).item<double>(),
            FitNetsLoss.Compute(student + 3, teacher + 3, new()).item<double>(),
            1e-10);
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var teacher = LossFixtures.Formula(Batch, 4, 0.9).detach();
        AssertFalls(LossFixtures.Formula(Batch, 4, 0.2), x => FitNetsLoss.Compute(x, teacher, Half), rate: 1, toFraction: 0.1);
    }

    [Fact]
    public void Should_Leave_The_Teacher_Alone()
    {
        using var scope = NewDisposeScope();
        AssertTeacherStays(
            LossFixtures.Formula(Batch, 4, 0.2), LossFixtures.Formula(Batch, 4, 0.9), (s, t) => FitNetsLoss.Compute(s, t, new()));
    }

    [Fact]
    public void Should_Refuse_A_Teacher_Of_Another_Shape()
    {
        using var regressor = nn.Linear(3, 4);
        Assert.Throws<ArgumentException>(() => FitNetsLoss.Compute(ones(4, 3), ones(4, 4), new()));
        Assert.Throws<ArgumentException>(() => FitNetsLoss.Compute(ones(4, 3), ones(1, 4), new(), regressor));
    }

    private static FitNetsOptions Options(System.Text.Json.JsonElement expected) =>
        new() { Form = expected.Choice<FitNetsForm>("Form"), Weight = expected.Number("Weight") };

    private static TorchSharp.Modules.Linear Regressor(ScalarType type)
    {
        var regressor = nn.Linear(3, 4, dtype: type);
        using var frozen = no_grad();
        regressor.weight!.copy_(LossFixtures.Formula(4, 3, 0.9));
        regressor.bias!.copy_(LossFixtures.Formula(1, 4, 1.7)[0]);
        return regressor;
    }
}
