using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class BarlowTwinsTests
{
    [Fact]
    public void Loss_Should_Be_Scaled_As_Asked() => Assert.Equal(0.1 * FirstLoss(1), FirstLoss(0.1), 1e-3);

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.25)]
    public void Gradients_Of_Norms_And_Biases_Alone_Should_Be_Scaled_As_Asked(double scale)
    {
        using var objective = TinyPretraining.Objective(
            "barlow-twins", o => o with { Methods = o.Methods.With<BarlowTwinsOptions>(m => m with { BiasGradientScale = scale }) });
        foreach (var parameter in objective.Network.parameters()) parameter.grad = ones_like(parameter);
        objective.BeforeStep(0);
        Assert.All(objective.Network.named_parameters(), p =>
            Assert.Equal(p.parameter.dim() == 1 ? scale : 1, p.parameter.grad!.mean().item<float>(), 1e-6));
    }

    [Fact]
    public void Each_View_Should_Have_A_Pass_Of_Its_Own()
    {
        using var objective = TinyPretraining.Objective("barlow-twins");
        ObjectiveProbe.Train(objective, steps: 3, token: TestContext.Current.CancellationToken);
        Assert.Equal(6, objective.Passes("encoder"));
    }

    private static double FirstLoss(double scale)
    {
        using var objective = TinyPretraining.Objective(
            "barlow-twins", o => o with { Methods = o.Methods.With<BarlowTwinsOptions>(m => m with { LossScale = scale }) });
        var loss = 0.0;
        ObjectiveProbe.Train(objective, p => loss = p.Loss, steps: 1, token: TestContext.Current.CancellationToken);
        Assert.True(loss > 1);
        return loss;
    }
}
