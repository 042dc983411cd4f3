using Autodidact.Models;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using Autodidact.Training;
using static Autodidact.Tests.Pretraining.ClusterFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class MocoV2Tests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0.75)]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void Should_Move_The_Key_Network_By_The_Momentum(double momentum)
    {
        using var scope = NewDisposeScope();
        using var objective = Make(new() { Momentum = momentum });
        var before = Parameters(objective);
        ObjectiveProbe.Train(objective, steps: 1, token: Token);
        var after = Parameters(objective);
        Assert.Contains(after.Keys, name => name.StartsWith("key_projector.", StringComparison.Ordinal));
        foreach (var (name, key) in after.Where(p => p.Key.StartsWith("key_", StringComparison.Ordinal)))
        {
            // The key network begins as the network did.
            AssertSame((before[name[4..]] * momentum) + (after[name[4..]] * (1 - momentum)), key, 1e-6);
            Assert.Equal(0, (before[name] - before[name[4..]]).abs().max().item<float>());
        }

        Assert.True((before["encoder.conv1.weight"] - after["encoder.conv1.weight"]).abs().max().item<float>() > 1e-4);
    }

    [Theory]
    [InlineData(0.75)]
    [InlineData(null)]
    public void Should_Bring_The_Momentum_To_Its_End_By_Half_A_Cosine(double? end)
    {
        using var objective = Make(new() { Momentum = 0.5, FinalMomentum = end });
        MomentumFollowing.AssertFollows(
            objective, "encoder", "key_encoder", progress => end is null ? 0.5 : 0.75 - (0.25 * (1 + Math.Cos(Math.PI * progress)) / 2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Should_Put_A_Batch_Of_Keys_Into_The_Queue(bool symmetric)
    {
        using var scope = NewDisposeScope();
        using var objective = Make(new() { Symmetric = symmetric, Queue = 30 });
        var before = objective.State.Kept("queue");
        Assert.Equal([30, 128], before.shape);
        OnBatch(objective, batch => objective.Loss(batch, 0));
        var (after, count) = (objective.State["queue"], symmetric ? 16 : 8);
        AssertSame(before.narrow(0, count, 30 - count), after.narrow(0, count, 30 - count));
        AssertSame(ones(30), after.square().sum(1), 1e-5);
        Assert.True((before - after).narrow(0, 0, count).abs().amax([1L]).min().item<float>() > 0.01);
        Assert.Equal(count, objective.State["queue_next"].item<long>());
    }

    [Fact]
    public void Should_Hold_No_More_Keys_Than_There_Are_Images()
    {
        using var objective = Make(new() { Queue = 4096 });
        Assert.Equal(Training.TinyProblem.Images, objective.State["queue"].shape[0]);
    }

    [Fact]
    public void Should_Give_Keys_Back_In_The_Order_Of_Their_Images()
    {
        // Without batch statistics groups cannot matter, and one group is not shuffled.
        using var scope = NewDisposeScope();
        var (whole, grouped) = (KeysOf(groups: 1, training: false), KeysOf(groups: 4, training: false));
        AssertSame(whole, grouped, 1e-5);
        Assert.True((whole - grouped.flip(0)).abs().amax([1L]).min().item<float>() > 1e-3);
    }

    [Fact]
    public void Should_Normalise_Each_Group_By_Itself()
    {
        using var scope = NewDisposeScope();
        Assert.True((KeysOf(groups: 1, training: true) - KeysOf(groups: 4, training: true)).abs().max().item<float>() > 0.01);
    }

    [Fact]
    public void Should_Send_No_Gradient_Through_Keys()
    {
        using var objective = Make(new());
        OnBatch(objective, batch => objective.Loss(batch, 0).Value.backward());
        var parameters = objective.Network.named_parameters().ToLookup(p => p.name.StartsWith("key_", StringComparison.Ordinal), p =>
            p.parameter);
        Assert.All(parameters[true], p => Assert.True(p.grad is null && !p.requires_grad));
        Assert.All(parameters[false], p => Assert.True(p.grad is not null));
        Assert.DoesNotContain(
            objective.ParameterGroups.SelectMany(g => g.Parameters), p => p.Name.StartsWith("key_", StringComparison.Ordinal));
    }

    [Fact]
    public void Should_Refuse_Groups_Of_One_Image()
    {
        using var objective = Make(new() { NormGroups = 5 });
        var e = Assert.Throws<AutodidactException>(() => ObjectiveProbe.Train(objective, token: Token));
        Assert.Equal(FailureKind.Usage, e.Kind);
        Assert.StartsWith(
            "pretrain.moco.norm_groups: 5 groups of a batch of 8 images: each needs 2, lower it to 4", e.Message, StringComparison.Ordinal);
    }

    private static IObjective Make(MocoOptions options) =>
        TinyPretraining.Objective("moco-v2", o => o with { Methods = o.Methods.With(options) });

    private static Tensor KeysOf(int groups, bool training)
    {
        using var objective = Make(new() { NormGroups = groups, Symmetric = false });
        objective.Network.train(training);
        OnBatch(objective, batch => objective.Loss(batch, 0));
        return objective.State["queue"].narrow(0, 0, 8).clone();
    }

    private static Dictionary<string, Tensor> Parameters(IObjective objective) =>
        objective.Network.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().clone());
}
