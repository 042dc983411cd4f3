using Autodidact.Configuration;
using Autodidact.Models;
using Autodidact.Objectives;
using Autodidact.Pipeline;
using Autodidact.Pretraining;
using Autodidact.Training;
using static Autodidact.Tests.Pretraining.ClusterFixtures;
using static TorchSharp.torch;

namespace Autodidact.Tests.Pretraining;

/// <summary>
/// Which view is compared with which: the loss of a batch is that of the right embeddings, recomputed from the network's own parts. In
/// training mode they normalise by the batch, so they can be asked any number of times; heads are made small and beginnings random, so that
/// another pairing gives another value.
/// </summary>
public class ViewPairingTests
{
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData(2, 0, false)]
    [InlineData(4, 0, false)]
    [InlineData(3, 2, false)]
    [InlineData(2, 0, true)]
    public void SimClr_Should_Compare_All_Views_Of_An_Image(int ordinary, int local, bool decoupled) => AssertLoss(
        "simclr",
        o => o with
        {
            Methods = o.Methods.With(new SimClrOptions { Views = ordinary, Temperature = 0.2, Decoupled = decoupled }),
            LocalViews = new() { Count = local },
        },
        (network, batch) => NtXentLoss.Compute(
            network.Head("projector", cat([.. network.Encode(batch, ordinary)])), 0.2, ordinary + local, decoupled));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Moco_Should_Ask_With_The_First_View_For_The_Second_And_The_Other_Way_Round_Where_It_Is_Symmetric(bool symmetric) =>
        AssertLoss(
        "moco-v2",
        o => o with { Methods = o.Methods.With(new MocoOptions { NormGroups = 1, Symmetric = symmetric, Queue = 20 }) },
        (network, batch) =>
        {
            var queue = network.State("queue");
            var (first, second) = (Directed(0, 1), Directed(1, 0));
            Assert.NotEqual(first.item<float>(), second.item<float>(), 1e-3f);
            return symmetric ? (first + second) / 2 : first;

            Tensor Directed(int query, int key) => MocoLoss.Compute(
                network.Head("projector", network.Encode(batch.Views.View(query))),
                network.Head("key_projector", network.Encode(batch.Views.View(key), "key_encoder")),
                queue,
                new MocoOptions().Temperature);
        });

    [Fact]
    public void Byol_Should_Predict_The_Target_Of_The_Other_View() => AssertLoss("byol", o => o, (network, batch) =>
    {
        var predictions = Each(batch, view => network.Head("predictor", network.Head("projector", network.Encode(view))));
        var targets = Each(batch, view => network.Head("target_projector", network.Encode(view, "target_encoder")));
        return 4 - (2 * (Cosine(predictions[0], targets[1]) + Cosine(predictions[1], targets[0])));
    });

    [Fact]
    public void SimSiam_Should_Predict_The_Projection_Of_The_Other_View() => AssertLoss("simsiam", o => o, (network, batch) =>
    {
        var projections = Each(batch, view => network.Head("projector", network.Encode(view)));
        var predictions = projections.Select(projection => network.Head("predictor", projection)).ToArray();
        return -(Cosine(predictions[0], projections[1]) + Cosine(predictions[1], projections[0])) / 2;
    });

    [Fact]
    public void Barlow_Twins_Should_Correlate_The_Two_Views() => AssertLoss("barlow-twins", o => o, (network, batch) =>
    {
        var embeddings = Each(batch, view => network.Head("projector", network.Encode(view)));
        return BarlowTwinsLoss.Compute(
            embeddings[0], embeddings[1], new BarlowTwinsOptions().RedundancyWeight) * new BarlowTwinsOptions().LossScale;
    });

    [Fact]
    public void VicReg_Should_Bring_The_Two_Views_Together() => AssertLoss("vicreg", o => o, (network, batch) =>
    {
        var options = new VicRegOptions();
        var embeddings = Each(batch, view => network.Head("projector", network.Encode(view)));
        var (invariance, variance, covariance) = VicRegLoss.Terms(embeddings[0], embeddings[1]);
        return (invariance * options.InvarianceWeight) + (variance * options.VarianceWeight) + (covariance * options.CovarianceWeight);
    });

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 2)]
    public void EmpSsl_Should_Bring_All_Views_Of_An_Image_To_Their_Mean(int ordinary, int local) => AssertLoss(
        "emp-ssl",
        o => o with
        {
            Methods = o.Methods.With(new EmpSslOptions { Views = ordinary, SimilarityWeight = 20 }),
            LocalViews = new() { Count = local },
        },
        (network, batch) =>
        {
            var (similarity, rate) = EmpSslLoss.Terms(
                network.Head("projector", cat([.. network.Encode(batch, ordinary)])), ordinary + local, new EmpSslOptions().Distortion);
            return -(similarity * 20) - rate;
        });

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Swav_Should_Predict_The_Code_Of_Another_View(int local) => AssertLoss(
        "swav",
        o => o with { LocalViews = new() { Count = local } },
        (network, batch) =>
        {
            var options = new SwavOptions();
            var embeddings = nn.functional.normalize(network.Head("projector", cat([.. network.Encode(batch, 2)])), p: 2, dim: 1);
            var scores = mm(embeddings, network.State("prototypes.weight").t()).split(batch.Views.ImageCount);
            return SwavLoss.Compute(
                scores, [.. scores.Take(2).Select(view => Sinkhorn.Codes(view, options.Epsilon, options.Iterations))], options.Temperature);
        });

    private static Tensor Cosine(Tensor one, Tensor other) => nn.functional.cosine_similarity(one, other, dim: 1).mean();

    private static Tensor[] Each(ObjectiveBatch batch, Func<Tensor, Tensor> embed) =>
        [embed(batch.Views.View(0)), embed(batch.Views.View(1))];

    private static void AssertLoss(
        string method, Func<PretrainOptions, PretrainOptions> change, Func<Parts, ObjectiveBatch, Tensor> expected)
    {
        using var objective = TinyPretraining.Objective(method, change);
        OnBatch(objective, batch =>
        {
            objective.Network.train();
            float wanted;
            using (no_grad()) wanted = expected(new Parts(objective), batch).item<float>();
            Assert.Equal(wanted, objective.Loss(batch, 0).Value.item<float>(), Tolerance);
        });
    }

    /// <summary>The modules and tensors of an objective, by name.</summary>
    private sealed class Parts(IObjective objective)
    {
        public Tensor Encode(Tensor view, string encoder = "encoder") => ((Backbone)Child(encoder)).call(view);

        /// <summary>Features of the ordinary views, then of local ones: a pass for each size.</summary>
        public IEnumerable<Tensor> Encode(ObjectiveBatch batch, int ordinary)
        {
            yield return Encode(batch.Views.Range(0, ordinary));
            if (batch.Views.ViewCount > ordinary) yield return Encode(batch.Views.Range(ordinary, batch.Views.ViewCount - ordinary));
        }

        public Tensor Head(string name, Tensor input) => ((nn.Module<Tensor, Tensor>)Child(name)).call(input);

        public Tensor State(string name) =>
            (objective.State.TryGetValue(name, out var tensor) ? tensor : objective.Network.NamedState()[name]).detach().clone();

        private nn.Module Child(string name) => objective.Network.named_children().Single(c => c.name == name).module;
    }
}
