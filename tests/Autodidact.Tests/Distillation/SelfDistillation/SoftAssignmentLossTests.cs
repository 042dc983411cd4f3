using Autodidact.Distillation;
using TorchSharp;
using static Autodidact.Tests.Distillation.DistillationFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public class SoftAssignmentLossTests
{
    [Fact]
    public void Should_Equal_Plain_Loops_In_Value_And_Gradient() =>
        AssertEqualsLoops("soft_assignment", type => LossFixtures.Formula(Batch, Classes, 1, 2, type), (expected, logits) =>
        {
            var assignments = SoftAssignmentLoss.Assign(
                LossFixtures.Formula(Batch, 4, 0.6, type: logits.dtype),
                LossFixtures.Formula(Classes, 4, 2.1, type: logits.dtype),
                new() { Similarity = expected.Choice<CentroidSimilarity>("Similarity"), Temperature = expected.Number("Temperature") });
            LossFixtures.AssertClose(expected.GetProperty("assignments"), assignments, logits.dtype == ScalarType.Float64 ? 1e-12 : 1e-5);
            return SoftAssignmentLoss.Compute(logits, assignments);
        });

    [Theory]
    [InlineData(CentroidSimilarity.Cosine, 2.0 / 3)] // cosines 1 and 0, so e^(ln 2) to 1
    [InlineData(CentroidSimilarity.SquaredDistance, 128.0 / 129)] // squared distances 1 and 8, so e^(7 ln 2) to 1
    public void Should_Equal_An_Assignment_Worked_By_Hand(CentroidSimilarity similarity, double first)
    {
        using var scope = NewDisposeScope();
        var options = new SoftAssignmentOptions { Similarity = similarity, Temperature = 1 / Math.Log(2) };
        var assignments = SoftAssignmentLoss.Assign(Rows([2, 0]), Rows([1, 0], [0, 2]), options);
        Assert.Equal(first, assignments[0, 0].item<double>(), 1e-12);

        // Logits that say 1/4 and 3/4.
        var loss = SoftAssignmentLoss.Compute(Rows([0, Math.Log(3)]), assignments);
        Assert.Equal((first * Math.Log(4)) + ((1 - first) * Math.Log(4.0 / 3)), loss.item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(CentroidSimilarity.Cosine, ScalarType.Float32)]
    [InlineData(CentroidSimilarity.Cosine, ScalarType.Float64)]
    [InlineData(CentroidSimilarity.SquaredDistance, ScalarType.Float32)]
    [InlineData(CentroidSimilarity.SquaredDistance, ScalarType.Float64)]
    public void Should_Become_Hard_Cross_Entropy_As_The_Temperature_Goes_To_Zero(CentroidSimilarity similarity, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var (features, centroids) =
            (LossFixtures.Formula(Batch, 4, 0.6, type: type).detach(), LossFixtures.Formula(Classes, 4, 2.1, type: type).detach());
        var unit = similarity == CentroidSimilarity.Cosine;
        var nearest = cdist(
            unit ? nn.functional.normalize(features, p: 2, dim: 1) : features,
            unit ? nn.functional.normalize(centroids, p: 2, dim: 1) : centroids).argmin(1);
        var logits = LossFixtures.Formula(Batch, Classes, 1, 2, type);
        var assignments = SoftAssignmentLoss.Assign(features, centroids, new() { Similarity = similarity, Temperature = 1e-5 });
        var hard = nn.functional.cross_entropy(logits, nearest).to(ScalarType.Float64).item<double>();
        Assert.Equal(hard, SoftAssignmentLoss.Compute(logits, assignments).to(ScalarType.Float64).item<double>(), 1e-6);
        Assert.True(nearest.unique().output.shape[0] > 1);
    }

    [Fact]
    public void Should_Become_Uniform_As_The_Temperature_Grows()
    {
        using var scope = NewDisposeScope();
        var assignments = SoftAssignmentLoss.Assign(
            LossFixtures.Formula(Batch, 4, 0.6), LossFixtures.Formula(Classes, 4, 2.1), new() { Temperature = 1e6 });
        Assert.True((assignments - (1.0 / Classes)).abs().max().item<double>() < 1e-6);
    }

    [Fact]
    public void Should_Not_Depend_On_The_Length_Of_Features_By_Cosine_Nor_On_A_Common_Shift_By_Distance()
    {
        using var scope = NewDisposeScope();
        var (features, centroids) = (LossFixtures.Formula(Batch, 4, 0.6).detach(), LossFixtures.Formula(Classes, 4, 2.1).detach());
        var cosine = new SoftAssignmentOptions();
        var distance = cosine with { Similarity = CentroidSimilarity.SquaredDistance };
        Assert.True(SoftAssignmentLoss.Assign(features, centroids, cosine).allclose(
            SoftAssignmentLoss.Assign(7 * features, centroids / 3, cosine), 1e-10, 1e-12));
        Assert.True(SoftAssignmentLoss.Assign(features, centroids, distance).allclose(
            SoftAssignmentLoss.Assign(features + 2, centroids + 2, distance), 1e-10, 1e-12));
    }

    [Fact]
    public void Should_Fall_Under_Descent_To_The_Entropy_Of_The_Assignments()
    {
        using var scope = NewDisposeScope();
        var assignments = SoftAssignmentLoss.Assign(LossFixtures.Formula(Batch, 4, 0.6), LossFixtures.Formula(Classes, 4, 2.1), new());
        var entropy = -(assignments * assignments.log()).sum(1).mean().item<double>();
        AssertFalls(
            LossFixtures.Formula(Batch, Classes, 1, 2), x => SoftAssignmentLoss.Compute(x, assignments) - entropy, rate: 2,
            toFraction: 0.3);
        Assert.Equal(entropy, SoftAssignmentLoss.Compute(assignments.log(), assignments).item<double>(), 1e-12);
    }

    [Fact]
    public void Should_Leave_Features_And_Centroids_Alone()
    {
        using var scope = NewDisposeScope();
        var centroids = LossFixtures.Formula(Classes, 4, 2.1);
        AssertTeacherStays(LossFixtures.Formula(Batch, Classes, 1), LossFixtures.Formula(Batch, 4, 0.6), (s, t) =>
            SoftAssignmentLoss.Compute(s, SoftAssignmentLoss.Assign(t, centroids, new())));
        Assert.True(centroids.grad is null);
    }

    [Fact]
    public void Should_Refuse_Other_Shapes_And_Temperatures()
    {
        Assert.Throws<ArgumentException>(() => SoftAssignmentLoss.Assign(ones(4, 3), ones(2, 4), new()));
        Assert.Throws<ArgumentException>(() => SoftAssignmentLoss.Assign(ones(4, 3), ones(2, 3), new() { Temperature = 0 }));
        Assert.Throws<ArgumentException>(() => SoftAssignmentLoss.Compute(ones(4, 3), ones(1, 3)));
    }
}
