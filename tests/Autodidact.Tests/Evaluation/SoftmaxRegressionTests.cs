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
        var expected = nn.functional.cross_entropy(x.mm(kernel) + weights[5], tensor(labels, ScalarType.Int64)) + (0.05 * kernel.square().sum());
        expected.backward();
        using var noGradients = no_grad();
        var (loss, gradient) = new SoftmaxRegression(x, labels, 0.1).LossAndGradient(weights.detach());
        Assert.Equal(expected.item<float>(), loss, 1e-5);
        Assert.True(weights.grad!.allclose(gradient, 1e-5, 1e-6), $"{weights.grad}\n{gradient}");
    }
}
