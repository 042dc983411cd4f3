using Autodidact.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class KnowledgeDistillationLossTests
{
    private static readonly KnowledgeDistillationOptions Soft = new() { Hard = 0, Soft = 1, Temperature = 1 };

    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        AssertEqualsLoops("knowledge_distillation", type => LossFixtures.Formula(Batch, Classes, 0.5, 2, type), (expected, student) =>
            KnowledgeDistillationLoss.Compute(
                student,
                LossFixtures.Formula(Batch, Classes, 1.2, 3, student.dtype),
                new() { Hard = expected.Number("Hard"), Soft = expected.Number("Soft"), Temperature = expected.Number("Temperature") },
                Targets()).Loss);

    [Fact]
    public void Should_Equal_A_Divergence_Worked_By_Hand()
    {
        using var scope = NewDisposeScope();

        // Teacher (1/4, 3/4) at T = 2, student (1/2, 1/2): T^2 [1/4 ln(1/2) + 3/4 ln(3/2)].
        var teacher = Rows([0, 2 * Math.Log(3)]);
        var (loss, parts) = KnowledgeDistillationLoss.Compute(zeros(1, 2, ScalarType.Float64), teacher, Soft with { Temperature = 2 });
        var divergence = (0.25 * Math.Log(0.5)) + (0.75 * Math.Log(1.5));
        Assert.Equal(4 * divergence, loss.item<double>(), 1e-12);
        Assert.Equal(divergence, parts["soft"].item<double>(), 1e-12);
        Assert.DoesNotContain("hard", parts.Keys);
    }

    [Fact]
    public void Should_Not_Depend_On_A_Constant_Added_To_An_Image()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (LossFixtures.Formula(Batch, Classes, 0.5), LossFixtures.Formula(Batch, Classes, 1.2));
        var shift = arange(Batch, dtype: ScalarType.Float64).unsqueeze(1);
        Assert.Equal(
            KnowledgeDistillationLoss.Compute(student, teacher, new(), Targets()).Loss.item<double>(),
            KnowledgeDistillationLoss.Compute(student + shift, teacher - (3 * shift), new(), Targets()).Loss.item<double>(),
            1e-12);
    }

    [Fact]
    public void Should_Fall_Under_Descent_Towards_The_Teacher()
    {
        using var scope = NewDisposeScope();
        var teacher = LossFixtures.Formula(Batch, Classes, 1.2, 3).detach();
        AssertFalls(
            LossFixtures.Formula(Batch, Classes, 0.5), x => KnowledgeDistillationLoss.Compute(x, teacher, Soft).Loss, rate: 2,
            toFraction: 0.5);
    }

    [Fact]
    public void Should_Cost_Nothing_And_Stay_Finite_Where_Both_Agree_And_Are_Certain()
    {
        using var scope = NewDisposeScope();
        var logits = Rows([1e4, -1e4, 0], [0, 1e4, -1e4]).requires_grad_(true);
        var loss = KnowledgeDistillationLoss.Compute(logits, logits, Soft with { Temperature = 0.01 }).Loss;
        loss.backward();
        Assert.Equal(0, loss.item<double>());
        Assert.Equal(0, logits.grad!.abs().max().item<double>());
    }

    [Fact]
    public void Should_Leave_The_Teacher_Alone()
    {
        using var scope = NewDisposeScope();
        AssertTeacherStays(LossFixtures.Formula(Batch, Classes, 0.5), LossFixtures.Formula(Batch, Classes, 1.2), (s, t) =>
            KnowledgeDistillationLoss.Compute(s, t, Soft).Loss);
    }

    [Fact]
    public void Should_Be_A_Zero_That_Can_Be_Trained_Where_All_Weights_Are_Zero()
    {
        using var scope = NewDisposeScope();
        var student = LossFixtures.Formula(Batch, Classes, 0.5);
        var (loss, parts) = KnowledgeDistillationLoss.Compute(student, student, new() { Hard = 0, Soft = 0 });
        loss.backward();
        Assert.Equal(0, loss.item<double>());
        Assert.Equal(0, student.grad!.abs().sum().item<double>());
        Assert.Empty(parts);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_Temperatures_And_Absent_Labels()
    {
        Assert.Throws<ArgumentException>(() => KnowledgeDistillationLoss.Compute(ones(4, 3), ones(1, 3), Soft));
        Assert.Throws<ArgumentException>(() => KnowledgeDistillationLoss.Compute(ones(4), ones(4), Soft));
        Assert.Throws<ArgumentException>(() => KnowledgeDistillationLoss.Compute(ones(4, 3), ones(4, 3), Soft with { Temperature = 0 }));
        Assert.Throws<ArgumentException>(() => KnowledgeDistillationLoss.Compute(ones(4, 3), ones(4, 3), new()));
    }
}
