using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Pipeline;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Distillation;

public sealed class AlternatingClusteringTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("autodidact-distill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(AlternatingStart.Fresh, AlternatingClassifiers.Centroids, 0, 1)]
    [InlineData(AlternatingStart.Warm, AlternatingClassifiers.Keep, 1, 1)]
    [InlineData(AlternatingStart.Fresh, AlternatingClassifiers.Reinitialize, 0, 2)]
    public void Should_Stop_And_End_In_The_Same_Bits(AlternatingStart start, AlternatingClassifiers classifiers, int from, int every) =>
        Resuming.AssertSameBits(
        () => TinyDistillation.Objective(
            "alternating",
            o => o with
            {
                Methods = o.Methods.With<AlternatingClusteringOptions>(
                    m => m with { Start = start, Classifiers = classifiers, FromEpoch = from, Every = every }),
            }),
        _folder,
        1,
        TestContext.Current.CancellationToken);

    [Fact]
    public void Should_Cluster_From_An_Epoch_On_Every_So_Many()
    {
        using var scope = NewDisposeScope();
        using var objective = Make(new() { FromEpoch = 1, Every = 2 });
        var epochs = new List<int>();
        for (var epoch = 0; epoch < 6; epoch++)
        {
            objective.BeginEpoch(
                epoch,
                _ =>
                {
                    epochs.Add(epoch);
                    return Blobs(0);
                },
                0);
        }

        Assert.Equal([1, 3, 5], epochs);
    }

    [Theory]
    [InlineData(AlternatingStart.Fresh)]
    [InlineData(AlternatingStart.Warm)]
    public void Should_Learn_What_The_Features_Say_And_Keep_Numbers(AlternatingStart start)
    {
        using var scope = NewDisposeScope();
        using var objective = Make(new() { Start = start });
        Assert.Equal(TinyDistillation.PseudoLabels, Targets(objective));

        // Image i lies at direction i % 4, as the pseudo-labels have it, but for three images of cluster 1 that went over to 2.
        objective.BeginEpoch(1, _ => Blobs(0, moved: [1, 5, 9]), 0);
        int[] wanted = [.. TinyDistillation.PseudoLabels];
        wanted[1] = wanted[5] = wanted[9] = 2;
        Assert.Equal(wanted, Targets(objective));
    }

    [Fact]
    public void Should_Make_The_Classifiers_What_Is_Asked_For()
    {
        using var scope = NewDisposeScope();
        foreach (var choice in Enum.GetValues<AlternatingClassifiers>())
        {
            using var student = TinyDistillation.Student();
            var before = Classifiers(student);
            using var objective = Make(new() { Classifiers = choice }, student);
            objective.BeginEpoch(1, _ => Blobs(0), 0);
            var after = Classifiers(student);
            var same = before.Zip(after).Select(p => p.First.equal(p.Second).all().item<bool>()).ToArray();
            Assert.All(same, s => Assert.Equal(choice == AlternatingClassifiers.Keep, s));
            if (choice == AlternatingClassifiers.Reinitialize)
            {
                objective.BeginEpoch(2, _ => Blobs(0), 0);
                Assert.All(after.Zip(Classifiers(student)), p => Assert.False(p.First.equal(p.Second).all().item<bool>()));
            }
            else if (choice == AlternatingClassifiers.Centroids)
            {
                // Blobs have length 3: a feature in the direction of its centroid answers with 1 / 0.1, and with its own cluster.
                var logits = student.Classify(3, Tensor(Blobs(0)));
                Assert.Equal(TinyDistillation.PseudoLabels, logits.argmax(1).data<long>().Select(l => (int)l));
                Assert.Equal(10, logits.max().item<float>(), 0.1f);
            }
        }
    }

    [Fact]
    public void Should_Be_Self_Distillation_On_The_Pseudo_Labels_Until_It_Clusters()
    {
        var never = (DistillOptions o) =>
            o with { Methods = o.Methods.With<AlternatingClusteringOptions>(m => m with { FromEpoch = 100 }) };
        using var alternating = TinyDistillation.Objective("alternating", never);
        using var plain = TinyDistillation.Objective("sssd-reconstructed");
        foreach (var objective in new[] { alternating, plain })
        {
            using var trainer = new Trainer(
                objective, Training.TinyProblem.ImageSet(), Training.TinyProblem.Positions, Training.TinyProblem.Options(steps: 6));
            trainer.Run(TestContext.Current.CancellationToken);
        }

        Assert.Equal(Training.TinyProblem.Bits(plain), Training.TinyProblem.Bits(alternating));
        Assert.Equal(["targets"], alternating.State.Keys);
        Assert.True(DistillMethods.Get("alternating").OwnClusters);
    }

    [Theory]
    [InlineData((AlternatingStart)9, AlternatingClassifiers.Keep)]
    [InlineData(AlternatingStart.Fresh, (AlternatingClassifiers)9)]
    public void Should_Refuse_A_Start_And_Classifiers_That_Are_Not_Known(AlternatingStart start, AlternatingClassifiers classifiers)
    {
        using var objective = Make(new() { Start = start, Classifiers = classifiers, FromEpoch = 0 });
        objective.Network.eval();
        Assert.Throws<InvalidOperationException>(() => objective.BeginEpoch(0, TinyDistillation.Features, 0));
    }

    private static IObjective Make(AlternatingClusteringOptions options, MultiExitNetwork? student = null) =>
        TinyDistillation.Objective("alternating", student ?? TinyDistillation.Student(), o => o with { Methods = o.Methods.With(options) });

    private static int[] Targets(IObjective objective) => [.. objective.State["targets"].data<long>().Select(t => (int)t)];

    private static Tensor[] Classifiers(MultiExitNetwork student) =>
        [
            .. student.NamedState()
                .Where(s => s.Key.StartsWith("classifiers.", StringComparison.Ordinal) && s.Key.EndsWith(
                    "weight", StringComparison.Ordinal))
                .Select(s => s.Value.clone()),
        ];

    /// <summary>Features of length 3 near the axis of each image's pseudo-label; moved images lie at the next one's.</summary>
    private static FeatureMatrix Blobs(int seed, params int[] moved)
    {
        var random = new CounterRandom((ulong)seed);
        var features = new FeatureMatrix(Training.TinyProblem.Images, 64);
        for (var row = 0; row < features.Rows; row++)
        {
            features[row].Clear();
            features[row][TinyDistillation.PseudoLabels[row] + (moved.Contains(row) ? 1 : 0)] = 3;
            features[row][10] = 0.05f * random.NextSingle();
        }

        return features;
    }

    private static Tensor Tensor(FeatureMatrix features)
    {
        using (features)
        {
            return tensor(features.Block(0, features.Rows).ToArray(), features.Rows, features.Columns);
        }
    }
}
