using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Pretraining;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Training;
using Autodidact.Training;
using TorchSharp;
using static Autodidact.Tests.Pretraining.ClusterFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

public class DeepClusterTests
{
    [Fact]
    public void Should_Learn_The_Clusters_Of_The_Features_With_A_Fresh_Classifier_Each_Epoch()
    {
        // Four blobs span three directions; whitened, those of noise would count as much.
        using var scope = NewDisposeScope();
        using var objective = TinyPretraining.Objective(
            "deepcluster", o => o with { Methods = o.Methods.With(new DeepClusterOptions { Clusters = 4, Components = 3 }) });
        var heads = new List<Tensor>();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            objective.BeginEpoch(epoch, _ => Blobs(), 0);
            var targets = objective.State["targets"].data<long>().ToArray();
            Assert.Equal(4, targets.Distinct().Count());
            Assert.All(targets.Index(), t => Assert.Equal(targets[Group(t.Index)], t.Item));
            Assert.Equal([4, 10, 12, 14], objective.State["sizes"].data<long>().ToArray().Order());
            Assert.All(targets.GroupBy(t => t), g => Assert.Equal(g.Count(), objective.State["sizes"][g.Key].item<long>()));
            var state = objective.Network.NamedState();
            Assert.Equal(0, state["head.bias"].abs().max().item<float>());
            Assert.InRange(state["head.weight"].std().item<float>(), 0.008, 0.012);
            heads.Add(state.Kept("head.weight"));
        }

        Assert.True((heads[0] - heads[1]).abs().max().item<float>() > 1e-3);
        Assert.True((heads[1] - heads[2]).abs().max().item<float>() > 1e-3);
    }

    [Fact]
    public void Should_Ask_For_Features_Each_Epoch_And_Take_One_View()
    {
        var asked = 0;
        using var objective = TinyPretraining.Objective("deepcluster");
        Assert.Single(objective.Views(0).Views);
        using var trainer = new Trainer(objective, TinyProblem.ImageSet(), TinyProblem.Positions, TinyProblem.Options(steps: 12))
        {
            Features = model =>
            {
                asked++;
                Assert.False(objective.Network.training);
                return TinyDistillation.Features(model);
            },
        };
        trainer.Run(TestContext.Current.CancellationToken);
        Assert.Equal(3, asked);
        Assert.Equal(1, Autodidact.Pretraining.PretrainMethods.Get("deepcluster").FeaturePasses(new()));
    }

    [Fact]
    public void Should_Refuse_More_Clusters_Than_Images()
    {
        var e = Assert.Throws<AutodidactException>(
            () => TinyPretraining.Objective(
                "deepcluster", o => o with { Methods = o.Methods.With(new DeepClusterOptions { Clusters = 41 }) }));
        Assert.Equal(FailureKind.Usage, e.Kind);
        Assert.Equal("pretrain.deepcluster.clusters: 41 for 40 images: choose 40 at most, or 0 for a number that fits", e.Message);
    }

    [Fact]
    public void Should_Whiten_The_Largest_Components_And_Bring_Rows_To_Unit_Length()
    {
        using var scope = NewDisposeScope();

        // Independent columns of deviations 5, 3 and 0.01 in a turned frame: whitening undoes lengths, so that rows are those of the
        // whitened columns.
        var columns = randn(500, 3, ScalarType.Float64, generator: new Generator(3)) * tensor(new[] { 5, 3, 0.01 });
        columns -= columns.mean([0L]);
        var turn = linalg.qr(randn(3, 3, ScalarType.Float64, generator: new Generator(4))).Q;
        using var features = Matrix((mm(columns, turn) + 10).to(ScalarType.Float32));
        using var whitened = PcaWhitening.Apply(features, components: 2);
        Assert.Equal((500, 2), (whitened.Rows, whitened.Columns));
        var actual = Tensor(whitened);
        AssertSame(ones(500), actual.square().sum(1), 1e-5);

        // Products of rows do not depend on the signs and the frame of the components; Mahalanobis' product in the plane of the two large
        // columns is what whitening makes of them.
        var plane = columns.narrow(1, 0, 2);
        var inverse = linalg.inv(mm(plane.t(), plane) / 500);
        var products = mm(mm(plane, inverse), plane.t());
        var lengths = products.diagonal().sqrt();
        AssertSame(products / (lengths.unsqueeze(0) * lengths.unsqueeze(1)), mm(actual, actual.t()), 0.02);
    }

    [Fact]
    public void Should_Whiten_Constant_And_Few_Features_Without_Blowing_Up_Noise()
    {
        using var scope = NewDisposeScope();
        using var constant = Matrix(ones(5, 4) * 0.3);
        using var whitened = PcaWhitening.Apply(constant, 256);
        Assert.Equal(4, whitened.Columns);
        Assert.True(Tensor(whitened).isfinite().all().item<bool>());

        // Two images span one direction: what is left of the others is rounding.
        using var two = Matrix(cat([zeros(1, 4), ones(1, 4)]));
        using var apart = PcaWhitening.Apply(two, 4);
        AssertSame(tensor(new[] { 1f, -1f, -1f, 1f }, [2, 2]), mm(Tensor(apart), Tensor(apart).t()), 1e-4);
    }

    /// <summary>Groups of 4, 10, 12 and 14 images: the first image of each one's.</summary>
    private static int Group(int image) => image switch { < 4 => 0, < 14 => 4, < 26 => 14, _ => 26 };

    private static FeatureMatrix Blobs()
    {
        var random = new CounterRandom(5);
        var features = new FeatureMatrix(TinyProblem.Images, 64);
        for (var row = 0; row < features.Rows; row++)
        {
            for (var column = 0; column < 8; column++) features[row][column] = 0.01f * random.NextSingle();
            features[row][Group(row) / 4] += 3;
        }

        return features;
    }

    private static FeatureMatrix Matrix(Tensor rows)
    {
        var features = new FeatureMatrix((int)rows.shape[0], (int)rows.shape[1]);
        rows.contiguous().data<float>().ToArray().CopyTo(features.Block(0, features.Rows));
        return features;
    }

    private static Tensor Tensor(FeatureMatrix features) =>
        tensor(features.Block(0, features.Rows).ToArray(), features.Rows, features.Columns);
}
