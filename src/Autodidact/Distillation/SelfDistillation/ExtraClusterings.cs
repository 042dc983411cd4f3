using Autodidact.Clustering;
using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Further k-means of the encoder's features, in other numbers of clusters, and a linear head for each of them on every exit. Several
/// clusterings of one set are the pseudo-labels of DeepCluster-v2 (Caron et al., NeurIPS 2020, arXiv 2006.09882), there of one size and of
/// the network's own features.
/// </summary>
/// <remarks>
/// Clustering j = 1..m has k g^j clusters, at most a tenth of the images and at least one, and seed s + j: a function of the features, the
/// options and the seed.
/// </remarks>
internal sealed class ExtraClusterings : IDisposable
{
    private const int FewestRowsACluster = 10;

    private readonly SelfDistillationOptions _options;
    private readonly int _exits;
    private readonly List<(Tensor Assignments, PseudoTargets Targets)> _clusterings = [];

    /// <param name="options">How many, how they grow, and the loss on each head.</param>
    /// <param name="features">The encoder's features of the training images; not kept.</param>
    /// <param name="knowledge">What targets need of the encoder.</param>
    /// <param name="student">The network whose exits get heads.</param>
    /// <param name="training">Seed, threads and geometry of the clusterings; the seed of the heads is torch's generator.</param>
    public ExtraClusterings(
        SelfDistillationOptions options, FeatureMatrix features, EncoderKnowledge knowledge, MultiExitNetwork student,
        StudentTraining training)
    {
        _options = options with { Hint = 0 };
        _exits = student.ExitCount;
        var device = student.DeviceOf();
        var heads = new List<Linear>();
        for (var j = 1; j <= options.Clusterings; j++)
        {
            var clusters = Clusters(student.Options.Outputs, Math.Pow(options.ClusteringGrowth, j), features.Rows);
            using var result = KMeans.Fit(
                features,
                new KMeansOptions
                {
                    Clusters = clusters,
                    Spherical = training.Spherical,
                    Threads = training.Threads,
                    Seed = unchecked(training.Seed + (ulong)j),
                });
            var centroids = options.Targets == TargetForm.Soft ? FeatureTensors.Table(result.Centroids, device) : null;
            _clusterings.Add((
                tensor(result.Assignments.Select(a => (long)a).ToArray(), device: device).DetachFromDisposeScope(),
                new PseudoTargets(options, result.Assignments, clusters, knowledge, centroids, device)));
            heads.AddRange(Enumerable.Range(0, _exits).Select(_ => nn.Linear(student.FeatureSize, clusters)));
        }

        Heads = nn.ModuleList(heads.ToArray());
    }

    /// <summary>
    /// The heads: those of the first clustering from the shallowest exit to the deepest, then those of the next. For the owner to register
    /// and dispose.
    /// </summary>
    public ModuleList<Linear> Heads { get; }

    /// <summary>Number of clusterings.</summary>
    public int Count => _clusterings.Count;

    /// <summary>
    /// Sum over the clusterings of cross entropies and divergences of their heads; each head's teacher is a head of the same clustering.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="features">Feature [b, D] of each exit, of this rank's images.</param>
    /// <param name="rows">int64 [B].</param>
    public Tensor Loss(ObjectiveBatch batch, IReadOnlyList<Tensor> features, Tensor rows) => _clusterings.Select((clustering, j) =>
    {
        var (targets, weights) = clustering.Targets.Of(rows, clustering.Assignments[rows]);
        var logits = features.Select((feature, exit) => batch.Gather(Heads[(j * _exits) + exit].call(feature)));
        var outputs = new ExitOutputs([.. features.Select(batch.Gather)], [.. logits]);
        return SelfDistillationLoss.Compute(outputs, targets, _options, weights: weights).Loss;
    }).Aggregate((a, b) => a + b);

    public void Dispose()
    {
        foreach (var (assignments, targets) in _clusterings)
        {
            assignments.Dispose();
            targets.Dispose();
        }
    }

    private static int Clusters(long first, double growth, int images) =>
        (int)Math.Clamp(Math.Round(first * growth), 1, Math.Max(1, images / FewestRowsACluster));
}
