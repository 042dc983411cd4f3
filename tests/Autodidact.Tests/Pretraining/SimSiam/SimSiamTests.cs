using Autodidact.Models;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using Autodidact.Training;

namespace Autodidact.Tests.Pretraining;

public class SimSiamTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Predictor_Alone_Should_Keep_Its_Rate_Where_Asked(bool stays)
    {
        using var objective = TinyPretraining.Objective(
            "simsiam", o => o with { Methods = o.Methods.With<SimSiamOptions>(m => m with { PredictorRateStays = stays }) });
        var all = ParameterGroup.Of(objective.Network).Parameters.Select(p => p.Name).Order(StringComparer.Ordinal);
        Assert.Equal(all, objective.ParameterGroups.SelectMany(g => g.Parameters).Select(p => p.Name).Order(StringComparer.Ordinal));
        var kept = objective.ParameterGroups.Where(g => g.ConstantRate).SelectMany(g => g.Parameters).Select(p => p.Name);
        Assert.Equal(stays ? all.Where(n => n.StartsWith("predictor.", StringComparison.Ordinal)) : [], kept.Order(StringComparer.Ordinal));
        Assert.False(objective.ParameterGroups[0].ConstantRate);
    }

    [Theory]
    [InlineData(2, 4)]
    [InlineData(3, 7)]
    public void Projector_Should_End_In_A_Norm_Without_Scale_And_The_Predictor_In_A_Linear_Layer(int layers, int last)
    {
        using var objective = TinyPretraining.Objective(
            "simsiam", o => o with { Methods = o.Methods.With<SimSiamOptions>(m => m with { ProjectorLayers = layers }) });
        var names = objective.Network.NamedState().Keys;
        Assert.Contains($"projector.layers.{last}.running_mean", names);
        Assert.DoesNotContain($"projector.layers.{last}.weight", names);
        Assert.DoesNotContain($"projector.layers.{last + 1}.weight", names);
        Assert.Contains("predictor.layers.1.running_mean", names);
        Assert.Contains("predictor.layers.3.bias", names);
        Assert.DoesNotContain("predictor.layers.4.running_mean", names);
    }

    [Fact]
    public void Each_View_Should_Have_A_Pass_Of_Its_Own()
    {
        using var objective = TinyPretraining.Objective("simsiam");
        ObjectiveProbe.Train(objective, steps: 3, token: TestContext.Current.CancellationToken);
        Assert.Equal(6, objective.Passes("encoder"));
    }
}
