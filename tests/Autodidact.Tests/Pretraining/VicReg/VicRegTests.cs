using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using Autodidact.Training;

namespace Autodidact.Tests.Pretraining;

public class VicRegTests
{
    [Fact]
    public void Loss_Should_Be_The_Weighted_Sum_Of_Its_Terms()
    {
        using var objective = TinyPretraining.Objective(
            "vicreg",
            o => o with
            {
                Methods = o.Methods.With<VicRegOptions>(m => m with { InvarianceWeight = 2, VarianceWeight = 3, CovarianceWeight = 0.5 }),
            });
        TrainingProgress? seen = null;
        ObjectiveProbe.Train(objective, p => seen = p, steps: 1, token: TestContext.Current.CancellationToken);
        var terms = seen!.Metrics;
        Assert.All(terms.Values, term => Assert.True(term > 0));
        Assert.Equal((2 * terms["invariance"]) + (3 * terms["variance"]) + (0.5 * terms["covariance"]), seen.Loss, 1e-4);
    }

    [Fact]
    public void Each_View_Should_Have_A_Pass_Of_Its_Own()
    {
        using var objective = TinyPretraining.Objective("vicreg");
        ObjectiveProbe.Train(objective, steps: 3, token: TestContext.Current.CancellationToken);
        Assert.Equal(6, objective.Passes("encoder"));
    }
}
