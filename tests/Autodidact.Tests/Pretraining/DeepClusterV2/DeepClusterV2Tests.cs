using Autodidact.Models;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Training;
using Autodidact.Training;
using TorchSharp;
using static Autodidact.Tests.Pretraining.ClusterFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public sealed class DeepClusterV2Tests : IDisposable
{
    private const int StepsAnEpoch = 5;

    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Should_Learn_Nothing_In_The_First_Epoch_But_Fill_The_Memory()
    {
        using var objective = Make(new());
        var start = Weights(objective);
        ObjectiveProbe.Train(
            objective,
            p =>
            {
                var moved = start.Moved(Weights(objective));
                if (p.Step > StepsAnEpoch)
                {
                    Assert.NotEmpty(moved);
                    return;
                }

                Assert.Empty(moved);
                Assert.Equal(Math.Log(10), p.Loss, 1e-6);
                Assert.Equal(-1, objective.State["assignments"].max().item<long>());
                using var scope = NewDisposeScope();
                Assert.Equal(8 * p.Step, objective.State["memory"][0].square().sum(1).gt(0.99).sum().item<long>());
                Assert.Equal(8 * p.Step, objective.State["memory"][1].square().sum(1).gt(0.99).sum().item<long>());
            },
            token: Token);
    }

    [Fact]
    public void Should_Make_The_Centroids_Prototypes_And_Never_Train_Them()
    {
        using var scope = NewDisposeScope();
        using var objective = Make(new() { Prototypes = 4, Heads = 3, ProjectorOutput = 6 });
        Remember(objective, view => image => (image + view) % 4);
        objective.BeginEpoch(1, Refused, 0);
        for (var head = 0; head < 3; head++)
        {
            // Blobs along the first four axes, whatever the numbers: each image's prototype is its axis, in the view of head mod 2.
            var prototypes = Prototypes(objective, head);
            var assigned = objective.State["assignments"][head];
            AssertSame(objective.State["memory"][head % 2], prototypes.index_select(0, assigned), 1e-6);
        }

        Assert.All(objective.Network.named_parameters().Where(p => p.name.StartsWith("prototypes", StringComparison.Ordinal)), p =>
            Assert.False(p.parameter.requires_grad));
        Assert.DoesNotContain(
            objective.ParameterGroups.SelectMany(g => g.Parameters), p => p.Name.StartsWith("prototypes", StringComparison.Ordinal));
    }

    [Fact]
    public void Should_Give_No_Cluster_To_Images_It_Has_Not_Seen()
    {
        using var scope = NewDisposeScope();
        using var objective = Make(new() { Prototypes = 4, ProjectorOutput = 6 });
        Remember(objective, _ => image => image % 4, seen: 30);
        objective.BeginEpoch(1, Refused, 0);
        Assert.All(
            objective.State["assignments"].narrow(1, 0, 30).flatten().data<long>().ToArray(), cluster => Assert.InRange(cluster, 0, 3));
        Assert.All(objective.State["assignments"].narrow(1, 30, 10).flatten().data<long>().ToArray(), cluster => Assert.Equal(-1, cluster));
    }

    [Theory]
    [InlineData(41, 40, "41 for 40 images: choose 40 at most, or 0 for a number that fits")]
    [InlineData(
        35, 30, "35 for the 30 of 40 images that an epoch sees: choose 30 at most, or a batch size that leaves fewer over")]
    public void Should_Refuse_More_Clusters_Than_Images_Or_Than_An_Epoch_Sees_Before_It_Trains(int prototypes, int seen, string says)
    {
        var e = Assert.Throws<AutodidactException>(
            () => TinyPretraining.Objective(
                "deepcluster-v2", o => o with { Methods = o.Methods.With(new DeepClusterV2Options { Prototypes = prototypes }) }, seen));
        Assert.Equal(FailureKind.Usage, e.Kind);
        Assert.Equal($"pretrain.deepcluster_v2.prototypes: {says}", e.Message);
    }

    [Fact]
    public void Should_Take_As_Many_Clusters_As_An_Epoch_Sees()
    {
        using var objective = TinyPretraining.Objective(
            "deepcluster-v2",
            o => o with { Methods = o.Methods.With(new DeepClusterV2Options { Prototypes = 30, ProjectorOutput = 6 }) }, imagesAnEpoch: 30);
        Remember(objective, _ => image => image % 4, seen: 30);
        objective.BeginEpoch(1, Refused, 0);
    }

    [Fact]
    public void Should_Stop_And_End_In_The_Same_Bits_With_Local_Views_And_Accumulation() => Resuming.AssertSameBits(
        () => TinyPretraining.Objective("deepcluster-v2", o => o with { LocalViews = new() { Count = 2 } }),
        _folder, accumulation: 2, Token);

    [Fact]
    public void Should_Cost_A_Full_Step_While_It_Is_Only_Measured()
    {
        using var objective = Make(new());
        OnBatch(objective, batch => objective.Loss(batch, 0).Value.backward());
        Assert.All(objective.ParameterGroups.SelectMany(g => g.Parameters), p => Assert.True(p.Value.grad is not null));
    }

    private static IObjective Make(DeepClusterV2Options options) =>
        TinyPretraining.Objective("deepcluster-v2", o => o with { Methods = o.Methods.With(options) });

    private static Numerics.FeatureMatrix Refused(Func<Tensor, Tensor> model) =>
        throw new InvalidOperationException("no pass over the images is wanted");

    private static Dictionary<string, string> Weights(IObjective objective) =>
        objective.Network.named_parameters().ToDictionary(p => p.name, p => ObjectiveProbe.Digest(p.parameter));

    private static Tensor Prototypes(IObjective objective, int head) => objective.Network.NamedState()[$"prototypes.{head}.weight"];

    /// <summary>Puts each image's projection on an axis.</summary>
    private static void Remember(IObjective objective, Func<int, Func<int, int>> axis, int seen = TinyProblem.Images)
    {
        using var scope = NewDisposeScope();
        var memory = objective.State["memory"].zero_();
        for (var view = 0; view < 2; view++)
        {
            for (var image = 0; image < seen; image++) memory[view, image, axis(view)(image)] = 1f;
        }
    }
}
