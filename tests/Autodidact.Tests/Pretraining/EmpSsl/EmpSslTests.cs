using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using Autodidact.Training;

namespace Autodidact.Tests.Pretraining;

public sealed class EmpSslTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Loss_Should_Be_The_Weighted_Sum_Of_Its_Terms()
    {
        using var objective = TinyPretraining.Objective(
            "emp-ssl", o => o with { Methods = o.Methods.With<EmpSslOptions>(m => m with { SimilarityWeight = 3 }) });
        TrainingProgress? seen = null;
        ObjectiveProbe.Train(objective, p => seen = p, steps: 1, token: TestContext.Current.CancellationToken);
        var terms = seen!.Metrics;
        Assert.All(terms.Values, term => Assert.True(term > 0));
        Assert.Equal(-(3 * terms["similarity"]) - terms["coding_rate"], seen.Loss, 1e-4);
    }

    [Fact]
    public void Views_Of_A_Size_Should_Share_A_Pass()
    {
        using var objective = TinyPretraining.Objective(
            "emp-ssl", o => o with { Methods = o.Methods.With(new EmpSslOptions { Views = 3 }), LocalViews = new() { Count = 2 } });
        Assert.Equal(5, objective.Views(0).Views.Count);
        ObjectiveProbe.Train(objective, steps: 3, token: TestContext.Current.CancellationToken);
        Assert.Equal(6, objective.Passes("encoder"));
    }

    [Fact]
    public void Should_End_In_The_Same_Bits_With_Local_Views_However_Often_It_Was_Stopped()
    {
        Resuming.AssertSameBits(Objective, _folder, accumulation: 1, TestContext.Current.CancellationToken);

        static IObjective Objective() =>
            TinyPretraining.Objective(
                "emp-ssl", o => o with { Methods = o.Methods.With(new EmpSslOptions { Views = 2 }), LocalViews = new() { Count = 2 } });
    }
}
