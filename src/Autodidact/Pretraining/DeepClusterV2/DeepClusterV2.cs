using Autodidact.Clustering;
using Autodidact.Evaluation;
using Autodidact.Numerics;
using Autodidact.Objectives;
using Autodidact.Training;
using Autodidact.Training.Parts;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// DeepCluster-v2: every epoch the projections of the epoch before are clustered, and the views learn their image's cluster by comparison
/// with the centroids. Caron, Misra, Mairal, Goyal, Bojanowski &amp; Joulin, NeurIPS 2020, arXiv 2006.09882. The loss is
/// <see cref="DeepClusterV2Loss"/>. Views of one size go through the encoder in one pass, all through the projector in one, as published.
/// </summary>
/// <remarks>
/// The first epoch has nothing to learn: it fills the memory. Its steps report ln K, the loss of knowing nothing, which reaches no weight,
/// so that the optimizer moves none; only the statistics of batch norm and the memory change. The memory is no <see cref="MemoryBank"/>: it
/// is no average, and has to tell which images it has not seen. An image that no batch of an epoch held keeps its older projection, and
/// counts for nothing before it has one.
/// </remarks>
internal sealed class DeepClusterV2 : EncoderObjective
{
    private const int OrdinaryViews = 2;
    private const int MostPrototypes = 3000;
    private const int BlockRows = 4096;

    private readonly DeepClusterV2Options _options;
    private readonly ulong _seed;
    private readonly int _threads;
    private readonly int _clusters;
    private readonly ProjectionHead _projector;
    private readonly ModuleList<Prototypes> _prototypes;
    private readonly Tensor _memory;
    private readonly Tensor _assignments;

    /// <summary>Joins an encoder, a fresh projector, layers for the centroids and the memory.</summary>
    /// <param name="training">The encoder; two views of one size, and local ones of another if wanted.</param>
    /// <param name="options">Clusterings, temperature and projector.</param>
    /// <exception cref="AutodidactException">
    /// There are more clusters than images, or than images that an epoch sees; kind Usage.
    /// </exception>
    public DeepClusterV2(EncoderTraining training, DeepClusterV2Options options)
        : base("deepcluster-v2", training)
    {
        _options = options;
        _seed = training.Seed;
        _threads = training.Threads;
        _clusters = ClusterCount.Of($"{training.OptionPrefix}prototypes", options.Prototypes, training.Images, MostPrototypes);
        if (_clusters > training.ImagesAnEpoch)
        {
            // The memory holds no more when it is clustered first: known now, and not only after an epoch.
            throw new AutodidactException(
                FailureKind.Usage,
                $"{training.OptionPrefix}prototypes: "
                + $"{_clusters} for the {training.ImagesAnEpoch} of {training.Images} images that an epoch sees: "
                + $"choose {training.ImagesAnEpoch} at most, or a batch size that leaves fewer over");
        }

        _projector = Beside("projector", new ProjectionHead(Encoder.FeatureSize, [options.ProjectorHidden, options.ProjectorOutput]));
        _prototypes = Beside(
            "prototypes",
            nn.ModuleList(
                Enumerable.Range(0, options.Heads)
                    .Select(_ => new Prototypes(_clusters, options.ProjectorOutput, trained: false))
                    .ToArray()));

        // Before the first epoch begins, steps and clusterings are only measured: they are to cost what later ones do.
        using var scope = NewDisposeScope();
        _memory = nn.functional.normalize(randn(OrdinaryViews, training.Images, options.ProjectorOutput), p: 2, dim: 2)
            .to(Device)
            .DetachFromDisposeScope();
        _assignments = arange(training.Images, ScalarType.Int64)
            .remainder(_clusters)
            .repeat(options.Heads, 1)
            .to(Device)
            .DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State =>
        new Dictionary<string, Tensor> { ["memory"] = _memory, ["assignments"] = _assignments };

    /// <inheritdoc/>
    public override void BeginEpoch(int epoch, FeaturePass features, double progress)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (epoch == 0)
        {
            _memory.zero_();
            _assignments.fill_(-1L);
            return;
        }

        // Projections have length 1, so a row of zeros is an image not seen yet.
        var seen = _memory.select(0, 0).square().sum(1).gt(0.5).nonzero().flatten();
        for (var head = 0; head < _options.Heads; head++) Cluster(head, seen, epoch);
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var rows = Rows(batch);
        var clusters = _assignments.index_select(1, rows);
        if (clusters.max().item<long>() < 0)
        {
            using (no_grad()) Remember(rows, batch.Gather(Project(Encoder.call(batch.Views.Range(0, OrdinaryViews)))));
            var none = tensor((float)Math.Log(_clusters), device: Device, requires_grad: true);
            return new ObjectiveLoss(none, new Dictionary<string, Tensor>());
        }

        var embeddings = batch.Gather(Project(MultiCrop.Encode(Encoder, batch.Views, OrdinaryViews)));
        Remember(rows, embeddings.detach().narrow(0, 0, OrdinaryViews * rows.shape[0]));
        return new ObjectiveLoss(
            DeepClusterV2Loss.Compute([.. _prototypes.Select(head => head.Scores(embeddings))], clusters, _options.Temperature),
            new Dictionary<string, Tensor>());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _memory.Dispose();
            _assignments.Dispose();
        }

        base.Dispose(disposing);
    }

    private Tensor Project(Tensor features) => nn.functional.normalize(_projector.call(features), p: 2, dim: 1);

    private void Remember(Tensor rows, Tensor embeddings)
    {
        using var noGrad = no_grad();
        _memory.index_copy_(1, rows, embeddings.view(OrdinaryViews, rows.shape[0], _options.ProjectorOutput));
    }

    /// <summary>Clusters one head's memory, that of view head mod 2; the centroids become its prototypes.</summary>
    private void Cluster(int head, Tensor seen, int epoch)
    {
        using var projections = Projections(head % OrdinaryViews, seen);
        using var result = KMeans.Fit(
            projections,
            new KMeansOptions
            {
                Clusters = _clusters,
                Spherical = true,
                MaxIterations = _options.Iterations,
                Tolerance = 0,
                Threads = _threads,
                Seed = SeedOf(epoch, head),
            });
        _prototypes[head].Set(FeatureTensors.Block(result.Centroids, 0, _clusters));
        var clusters = tensor(result.Assignments.Select(cluster => (long)cluster).ToArray(), device: Device);
        _assignments.select(0, head).fill_(-1L).index_copy_(0, seen, clusters);
    }

    private FeatureMatrix Projections(int view, Tensor seen)
    {
        var matrix = new FeatureMatrix((int)seen.shape[0], _options.ProjectorOutput);
        foreach (var (row, count) in FeatureTensors.Blocks(matrix.Rows, BlockRows))
        {
            using var block = _memory.select(0, view).index_select(0, seen.narrow(0, row, count)).to(ScalarType.Float32).cpu();
            FeatureTensors.Values(block).CopyTo(matrix.Block(row, count));
        }

        return matrix;
    }

    private ulong SeedOf(int epoch, int head)
    {
        var random = new CounterRandom(_seed, (uint)epoch, (uint)head);
        return ((ulong)random.NextUInt32() << 32) | random.NextUInt32();
    }
}
