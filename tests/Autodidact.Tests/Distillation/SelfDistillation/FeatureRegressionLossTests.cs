using Autodidact.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class FeatureRegressionLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        AssertEqualsLoops("feature_regression", type => LossFixtures.Formula(Batch, 4, 0.3, 2, type), (_, student) =>
            FeatureRegressionLoss.Compute(student, LossFixtures.Formula(Batch, 4, 1.3, 0.5, student.dtype)));

    [Fact]
    public void Should_Be_0_2_And_4_For_Equal_Orthogonal_And_Opposite_Features()
    {
        using var scope = NewDisposeScope();
        var teacher = Rows([0, 3]);
        Assert.Equal(0, FeatureRegressionLoss.Compute(Rows([0, 5]), teacher).item<double>(), 1e-12);
        Assert.Equal(2, FeatureRegressionLoss.Compute(Rows([5, 0]), teacher).item<double>(), 1e-12);
        Assert.Equal(4, FeatureRegressionLoss.Compute(Rows([0, -5]), teacher).item<double>(), 1e-12);
        Assert.Equal(3, FeatureRegressionLoss.Compute(Rows([5, 0], [0, -5]), Rows([0, 3], [0, 3])).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Be_The_Squared_Distance_Of_Normalised_Features()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (LossFixtures.Formula(Batch, 4, 0.3), LossFixtures.Formula(Batch, 4, 1.3));
        var mse = nn.functional.mse_loss(nn.functional.normalize(student, p: 2, dim: 1), nn.functional.normalize(teacher, p: 2, dim: 1));
        Assert.Equal(4 * mse.item<double>(), FeatureRegressionLoss.Compute(student, teacher).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Not_Depend_On_The_Length_Of_A_Feature()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (LossFixtures.Formula(Batch, 4, 0.3), LossFixtures.Formula(Batch, 4, 1.3));
        var scales = arange(1, Batch + 1, dtype: ScalarType.Float64).unsqueeze(1);
        Assert.Equal(
            FeatureRegressionLoss.Compute(student, teacher).item<double>(),
            FeatureRegressionLoss.Compute(student * scales, teacher / scales).item<double>(),
            1e-12);
    }

    [Fact]
    public void Should_Stay_Finite_For_A_Feature_Of_Zeros()
    {
        using var scope = NewDisposeScope();
        var student = zeros(2, 3, ScalarType.Float64).requires_grad_(true);
        var loss = FeatureRegressionLoss.Compute(student, ones(2, 3, ScalarType.Float64));
        loss.backward();
        Assert.Equal(2, loss.item<double>());
        Assert.True(student.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Should_Fall_Under_Descent()
    {
        using var scope = NewDisposeScope();
        var teacher = LossFixtures.Formula(Batch, 4, 1.3).detach();
        AssertFalls(LossFixtures.Formula(Batch, 4, 0.3), x => FeatureRegressionLoss.Compute(x, teacher), rate: 1, toFraction: 0.2);
    }

    [Fact]
    public void Should_Leave_The_Teacher_Alone()
    {
        using var scope = NewDisposeScope();
        AssertTeacherStays(LossFixtures.Formula(Batch, 4, 0.3), LossFixtures.Formula(Batch, 4, 1.3), FeatureRegressionLoss.Compute);
    }

    [Fact]
    public void Should_Refuse_Features_Of_Another_Shape()
    {
        Assert.Throws<ArgumentException>(() => FeatureRegressionLoss.Compute(ones(4, 3), ones(1, 3)));
        Assert.Throws<ArgumentException>(() => FeatureRegressionLoss.Compute(ones(4), ones(4)));
    }
}
