using Autodidact.Models;
using Autodidact.Objectives;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using Autodidact.Training;
using TorchSharp;
using static Autodidact.Tests.Pretraining.ClusterFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class SwavTests
{
    private const string Rows = "prototypes.weight";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Should_Keep_Prototypes_Frozen_For_As_Long_As_Said_And_Of_Unit_Length_After()
    {
        using var objective = Make(new() { FreezeFraction = 0.5 });
        var start = ObjectiveProbe.Digest(objective.Network.NamedState()[Rows]);
        ObjectiveProbe.Train(
            objective,
            p =>
            {
                using var scope = NewDisposeScope();
                var rows = objective.Network.NamedState()[Rows];

                // Twelve steps: the first six see a progress under a half.
                Assert.Equal(p.Step <= 6, ObjectiveProbe.Digest(rows) == start);
                AssertSame(ones(rows.shape[0]), rows.square().sum(1), 1e-5);
            },
            token: Token);
    }

    [Fact]
    public void Should_Remember_The_Embeddings_Of_Each_View()
    {
        using var scope = NewDisposeScope();
        using var objective = Make(new() { Queue = 20 });
        var before = new[] { objective.State.Kept("queue_0"), objective.State.Kept("queue_1") };
        OnBatch(objective, batch => objective.Loss(batch, 0));
        Assert.Equal(8, objective.State["queued"].item<long>());
        for (var view = 0; view < 2; view++)
        {
            var after = objective.State[$"queue_{view}"];
            AssertSame(before[view].narrow(0, 8, 12), after.narrow(0, 8, 12));
            AssertSame(ones(20), after.square().sum(1), 1e-5);
            Assert.True((before[view] - after).narrow(0, 0, 8).abs().amax([1L]).min().item<float>() > 0.01);
        }

        Assert.True((objective.State["queue_0"] - objective.State["queue_1"]).narrow(0, 0, 8).abs().max().item<float>() > 0.01);
    }

    [Fact]
    public void Should_Use_The_Queue_From_The_Point_Given_Once_It_Is_Full()
    {
        // Two batches fill it; what it holds then changes the codes, and with them the loss. (Twice the same batch would not.)
        Assert.Equal(LossOf(batchesBefore: 1, queue: 16, progress: 0.9), LossOf(batchesBefore: 1, queue: 0, progress: 0.9), 1e-6f);
        Assert.Equal(LossOf(batchesBefore: 2, queue: 16, progress: 0.4), LossOf(batchesBefore: 2, queue: 0, progress: 0.4), 1e-6f);
        Assert.NotEqual(LossOf(batchesBefore: 2, queue: 16, progress: 0.9), LossOf(batchesBefore: 2, queue: 0, progress: 0.9), 1e-4f);
    }

    [Fact]
    public void Should_Take_Local_Views_That_Predict_And_Have_No_Codes()
    {
        using var objective = TinyPretraining.Objective("swav", o => o with { LocalViews = new() { Count = 3 } });
        Assert.Equal(5, objective.Views(0).Views.Count);
        OnBatch(objective, batch =>
        {
            var loss = objective.Loss(batch, 0).Value;
            loss.backward();
            Assert.True(float.IsFinite(loss.item<float>()));
        });
        Assert.Equal(["queue_0", "queue_0_next", "queue_1", "queue_1_next", "queued"], objective.State.Keys.Order(StringComparer.Ordinal));
        ObjectiveProbe.Train(objective, steps: 6, token: Token);
    }

    [Fact]
    public void Should_Choose_A_Number_Of_Prototypes_That_Fits_And_Refuse_More_Than_Images()
    {
        using var objective = Make(new());
        Assert.Equal([10, 128], objective.Network.NamedState()[Rows].shape);
        var e = Assert.Throws<AutodidactException>(() => Make(new() { Prototypes = 41 }));
        Assert.Equal(FailureKind.Usage, e.Kind);
        Assert.Equal("pretrain.swav.prototypes: 41 for 40 images: choose 40 at most, or 0 for a number that fits", e.Message);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(40, 10)]
    [InlineData(5_000, 50)]
    [InlineData(50_000, 500)]
    [InlineData(1_281_167, 3000)]
    public void Should_Grow_The_Number_Of_Clusters_With_The_Set(int images, int clusters) =>
        Assert.Equal(clusters, ClusterCount.Of("x", 0, images, 3000));

    private static IObjective Make(SwavOptions options) =>
        TinyPretraining.Objective("swav", o => o with { Methods = o.Methods.With(options) });

    private static float LossOf(int batchesBefore, int queue, double progress)
    {
        using var objective = Make(new() { Queue = queue, QueueFrom = 0.5 });
        var loss = 0f;
        OnBatch(objective, batch =>
        {
            // Evaluation mode, so that batches before leave no other trace.
            objective.Network.eval();
            for (var i = 0; i < batchesBefore; i++) objective.Loss(batch, 0);
            if (queue > 0) objective.State["queue_0"].copy_(Unit(LossFixtures.Formula(queue, 128, 0.3, type: ScalarType.Float32)));
            loss = objective.Loss(batch, progress).Value.item<float>();
        });
        return loss;
    }
}
