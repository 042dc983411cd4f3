using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using Autodidact.Training.Parts;

namespace Autodidact.Tests.Pretraining;

public class ByolTests
{
    [Theory]
    [InlineData("encoder", "target_encoder")]
    [InlineData("projector", "target_projector")]
    public void Target_Should_Begin_As_The_Network_And_Follow_It_By_A_Cosine_From_The_Momentum_To_1(string source, string copy)
    {
        using var objective = TinyPretraining.Objective(
            "byol", o => o with { Methods = o.Methods.With<ByolOptions>(m => m with { Momentum = 0.6 }) });
        MomentumFollowing.AssertFollows(objective, source, copy, progress => 1 - (0.4 * (1 + Math.Cos(Math.PI * progress)) / 2));
    }

    [Fact]
    public void Each_View_Should_Have_A_Pass_Of_Its_Own_Through_Either_Network()
    {
        using var objective = TinyPretraining.Objective("byol");
        ObjectiveProbe.Train(objective, steps: 3, token: TestContext.Current.CancellationToken);
        Assert.Equal((6, 6), (objective.Passes("encoder"), objective.Passes("target_encoder")));
    }

    [Fact]
    public void Momentum_Should_Go_From_Its_Start_To_1()
    {
        Assert.Equal(0.9, MomentumSchedule.Cosine(0.9, 0), 1e-12);
        Assert.Equal(0.95, MomentumSchedule.Cosine(0.9, 0.5), 1e-12);
        Assert.Equal(1, MomentumSchedule.Cosine(0.9, 1), 1e-12);
        Assert.True(MomentumSchedule.Cosine(0.9, 0.25) < 0.925);
    }
}
