using Autodidact.Evaluation;
using Autodidact.Numerics;
using Autodidact.Tests.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Evaluation;

public sealed class SquaredHingeRegressionTests
{
    [Theory]
    [InlineData(ScalarType.Float64, 1e-10)]
    [InlineData(ScalarType.Float32, 1e-4)]
    public void Should_Have_The_Value_And_The_Gradient_Of_The_Formula(ScalarType type, double tolerance)
    {
        foreach (var c in EvaluationFixture.Read<SquaredHingeFixture>("squared_hinge.json").Gradients)
        {
            using var scope = NewDisposeScope();
            var (features, labels) = ReferenceFeatures.Blobs(c.Rows, c.Columns, c.Classes, 3, c.Spread);
            using var _ = features;
            var values = from j in Enumerable.Range(0, c.Columns + 1)
                         from k in Enumerable.Range(0, c.Classes)
                         select ReferenceFeatures.At(
                j, k, SquaredHingeFixture.WeightSeed);
            var weights = tensor(values.ToArray(), [c.Columns + 1, c.Classes], dtype: type);
            var (loss, gradient) =
                new SquaredHingeRegression(FeatureTensors.Block(features, 0, c.Rows).to(type), labels, c.L2).LossAndGradient(weights);
            Assert.Equal(c.Loss, loss, tolerance * c.Loss);
            var actual = gradient.to(ScalarType.Float64).contiguous().data<double>().ToArray();
            Assert.Equal(c.Gradient.Length, actual.Length);
            Assert.All(c.Gradient.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance * (1 + Math.Abs(pair.First))));
        }
    }

    /// <summary>Two scores a row: y s is 3 and 3 of the first row, beyond the margin, and -1 and -1 of the second, 2 short of it.</summary>
    [Fact]
    public void Should_Count_Only_What_Is_Short_Of_The_Margin()
    {
        using var scope = NewDisposeScope();
        var weights = tensor(new[] { 1f, -1f, 0f, 0f }, [2, 2]);
        var (loss, gradient) = new SquaredHingeRegression(tensor(new[] { 3f, 1f }, [2, 1]), [0, 1], l2: 0).LossAndGradient(weights);
        Assert.Equal((4 + 4) / 2.0, loss, 1e-6);

        // d/ds = -2 y * 2: class 0 (y = -1) is drawn down by 4, class 1 up; x is 1, and half of the rows.
        Assert.Equal([2f, -2f, 2f, -2f], gradient.data<float>().ToArray());
    }

    /// <summary>
    /// One feature, +1 of class 0 and -1 of class 1: by symmetry b = 0 and the classes mirror each other, each (1 - w)^2 + L2/2 w^2, which
    /// is least, L2 / (2 + L2), at w = 2 / (2 + L2).
    /// </summary>
    [Theory]
    [InlineData(1.0)]
    [InlineData(0.01)]
    public void Should_Find_The_Optimum_Worked_By_Hand(double l2)
    {
        using var train = new FeatureMatrix(2, 1);
        (train[0][0], train[1][0]) = (1, -1);
        using var test = new FeatureMatrix(3, 1);
        (test[0][0], test[1][0], test[2][0]) = (0.1f, -0.1f, -9);
        var options = new LinearProbeOptions { Loss = LinearProbeLoss.SquaredHinge, L2 = l2, LossTolerance = 1e-9 };
        var result = LinearProbe.Fit(train, [0, 1], test, [0, 1, 0], options, TestContext.Current.CancellationToken);
        Assert.True(result.Converged);
        Assert.Equal(2 * l2 / (2 + l2), result.TrainLoss, 1e-6);
        Assert.Equal([0, 1, 1], result.Predictions);
        Assert.Equal(2 / 3.0, result.Accuracy, 12);
    }

    /// <summary>
    /// While every row is within the margin the objective is quadratic, and the Hessian times a preconditioned gradient is the gradient
    /// again, twice.
    /// </summary>
    [Theory]
    [InlineData(500, 6)]
    [InlineData(40, 100)]
    public void Should_Precondition_With_The_Hessians_Inverse_Where_It_Starts(int rows, int dimensions)
    {
        using var scope = NewDisposeScope();
        var (features, labels) = ReferenceFeatures.Blobs(rows, dimensions, 3, 3, 2);
        using var _ = features;
        var x = FeatureTensors.Block(features, 0, rows);
        x -= x.mean([0L]);
        var classifier = new SquaredHingeRegression(x, labels, l2: 0.8);
        var start = zeros(dimensions + 1, 3);
        var (loss, gradient) = classifier.LossAndGradient(start);
        Assert.Equal(3, loss, 1e-6);
        var direction = classifier.Preconditioner()(gradient);
        const double Length = 0.1;
        var (_, ahead) = classifier.LossAndGradient(start + (direction * Length));
        var product = (ahead - gradient) / Length;
        Assert.True(product.allclose(gradient * 2, rtol: 0.01, atol: 0.005), $"{product.str()}\n{gradient.str()}");
    }
}
