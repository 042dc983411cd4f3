using Autodidact.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Evaluation;

public sealed class SoftmaxRegressionTests
{
    [Fact]
    public void Should_Have_The_Gradient_Autograd_Gives()
    {
        using var scope = NewDisposeScope();
        var (features, labels) = ReferenceFeatures.Blobs(700, 5, 4, 3, 2);
        using var _ = features;
        var x = FeatureTensors.Block(features, 0, 700);
        var weights = (arange(6 * 4, ScalarType.Float32) / 10 - 1).reshape(6, 4);
        weights.requires_grad = true;
        var kernel = weights.narrow(0, 0, 5);
        var expected =
            nn.functional.cross_entropy(x.mm(kernel) + weights[5], tensor(labels, ScalarType.Int64)) + (0.05 * kernel.square().sum());
        expected.backward();
        using var noGradients = no_grad();
        var (loss, gradient) = new SoftmaxRegression(x, labels, 0.1).LossAndGradient(weights.detach());
        Assert.Equal(expected.item<float>(), loss, 1e-5);
        Assert.True(weights.grad!.allclose(gradient, 1e-5, 1e-6), $"{weights.grad}\n{gradient}");
    }

    /// <summary>
    /// Whichever side of the features is the shorter: with many rows a matrix of the dimensions is inverted, with few one of the rows. The
    /// bias has no part in it.
    /// </summary>
    [Theory]
    [InlineData(90, 40)]
    [InlineData(21, 40)]
    [InlineData(19, 40)]
    [InlineData(5, 40)]
    public void Should_Precondition_By_The_Inverse_Of_The_Penalised_Covariance(int rows, int dimensions)
    {
        const double L2 = 1e-3;
        using var scope = NewDisposeScope();
        var (features, labels) = ReferenceFeatures.Blobs(rows, dimensions, 4, 3, 2);
        using var _ = features;

        // A direction stronger than the others, as a picture's brightness is among its pixels.
        var x = FeatureTensors.Block(features, 0, rows);
        x += x.mean([1L], keepdim: true) * 3;
        var gradient = (arange((dimensions + 1) * 4, ScalarType.Float32) * 0.7).sin().reshape(dimensions + 1, 4);
        var x64 = x.to(ScalarType.Float64);
        var covariance = x64.t().mm(x64) / rows + (((4 * L2) + 1e-3) * eye(dimensions, dtype: ScalarType.Float64));
        var expected = linalg.solve(covariance, gradient.narrow(0, 0, dimensions).to(ScalarType.Float64));
        var actual = new SoftmaxRegression(x, labels, L2).Preconditioner()(gradient);
        Assert.True(actual.narrow(0, 0, dimensions).to(ScalarType.Float64).allclose(
            expected, rtol: 1e-3, atol: 1e-3 * expected.abs().max().item<double>()));
        Assert.True(actual[dimensions].equal(gradient[dimensions]).all().item<bool>());
    }
}
