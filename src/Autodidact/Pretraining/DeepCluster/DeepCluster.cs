using Autodidact.Clustering;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Objectives;
using Autodidact.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// DeepCluster: every epoch the images are clustered by the encoder's features, and a fresh classifier and the encoder learn the clusters.
/// Caron, Bojanowski, Joulin &amp; Douze, "Deep clustering for unsupervised learning of visual features", ECCV 2018, arXiv 1807.05520. The
/// loss is <see cref="DeepClusterLoss"/>, of one view of each image.
/// </summary>
/// <remarks>
/// The published classifier has an optimizer of its own without momentum, begun anew with it. Here the one optimizer is not told: its
/// momentum of the old classifier moves the new one for some steps.
/// </remarks>
internal sealed class DeepCluster : EncoderObjective
{
    private const int MostClusters = 10_000;
    private const double HeadDeviation = 0.01;

    private readonly DeepClusterOptions _options;
    private readonly ulong _seed;
    private readonly int _threads;
    private readonly int _clusters;
    private readonly Linear _head;
    private readonly Tensor _targets;
    private readonly Tensor _sizes;

    /// <summary>Joins an encoder and a classifier.</summary>
    /// <param name="training">The encoder, and one view.</param>
    /// <param name="options">Clusters.</param>
    /// <exception cref="AutodidactException">There are more clusters than images; kind Usage.</exception>
    public DeepCluster(EncoderTraining training, DeepClusterOptions options)
        : base("deepcluster", training)
    {
        _options = options;
        _seed = training.Seed;
        _threads = training.Threads;
        _clusters = ClusterCount.Of($"{training.OptionPrefix}clusters", options.Clusters, training.Images, MostClusters);
        _head = Beside("head", nn.Linear(Encoder.FeatureSize, _clusters));

        // Any clusters: until the first epoch begins a step is only measured.
        using var scope = NewDisposeScope();
        var targets = arange(training.Images, ScalarType.Int64).remainder(_clusters);
        _targets = targets.to(Device).DetachFromDisposeScope();
        _sizes = bincount(targets, minlength: _clusters).to(Device).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State =>
        new Dictionary<string, Tensor> { ["targets"] = _targets, ["sizes"] = _sizes };

    /// <inheritdoc/>
    public override void BeginEpoch(int epoch, FeaturePass features, double progress)
    {
        ArgumentNullException.ThrowIfNull(features);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var plain = features(Encoder.call);
        using var whitened = PcaWhitening.Apply(plain, _options.Components);
        using var result = KMeans.Fit(
            whitened,
            new KMeansOptions
            {
                Clusters = _clusters,
                MaxIterations = _options.Iterations,
                Tolerance = 0,
                Threads = _threads,
                Seed = SeedOf(epoch, stream: 0),
            });
        _targets.copy_(tensor(result.Assignments.Select(cluster => (long)cluster).ToArray(), device: CPU));
        _sizes.copy_(tensor(result.Sizes.Select(size => (long)size).ToArray(), device: CPU));
        using var generator = new Generator(SeedOf(epoch, stream: 1));
        Initialization.Fill(_head.weight!, weight => weight.normal_(0, HeadDeviation, generator));
        _head.bias!.zero_();
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var logits = batch.Gather(_head.call(Encoder.call(batch.Views.View(0))));
        return new ObjectiveLoss(DeepClusterLoss.Compute(logits, _targets[Rows(batch)], _sizes), new Dictionary<string, Tensor>());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _targets.Dispose();
            _sizes.Dispose();
        }

        base.Dispose(disposing);
    }

    private ulong SeedOf(int epoch, uint stream)
    {
        var random = new CounterRandom(_seed, (uint)epoch, stream);
        return ((ulong)random.NextUInt32() << 32) | random.NextUInt32();
    }
}
