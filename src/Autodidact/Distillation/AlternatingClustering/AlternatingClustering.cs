using Autodidact.Clustering;
using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Clustering and self-distillation by turns: Adnan, Ioannou, Tsai &amp; Taylor, "Domain-agnostic clustering with self-distillation", 2021,
/// arXiv 2111.12170. At the start of an epoch the images are clustered anew (spherical k-means, the run's k) by the student's deepest
/// feature; the clusters are the targets of <see cref="SelfDistillation"/> until the next time.
/// </summary>
/// <remarks>
/// The optimizer is not told: its momentum of the old classifiers moves the new ones for some steps. The student ends up with clusters of
/// its own: numbers follow those of the run as far as images do, and no farther.
/// </remarks>
internal sealed class AlternatingClustering : IObjective
{
    /// <summary>Temperature of DeepCluster-v2: logits of a feature of average length are cosines over it.</summary>
    private const double CentroidTemperature = 0.1;

    private readonly StudentObjective _learning;
    private readonly AlternatingClusteringOptions _options;
    private readonly int _deepest;
    private readonly ulong _seed;
    private readonly int _threads;

    /// <summary>Joins a student, the pseudo-labels it starts with, and the loss.</summary>
    /// <param name="training">The student and its first targets.</param>
    /// <param name="loss">Weights of self-distillation.</param>
    /// <param name="options">When and how to cluster.</param>
    /// <param name="encoderFeatures">The encoder's features of the training images, where the loss asks for them.</param>
    public AlternatingClustering(
        StudentTraining training, SelfDistillationOptions loss, AlternatingClusteringOptions options, FeatureMatrix? encoderFeatures = null)
    {
        _learning = SelfDistillation.Of(training, loss, encoderFeatures, centroids: null);
        _options = options;
        _deepest = training.OnlyExit ?? training.Student.ExitCount - 1;
        _seed = training.Seed;
        _threads = training.Threads;
    }

    /// <inheritdoc/>
    public string Name => "alternating";

    /// <inheritdoc/>
    public nn.Module Network => _learning.Network;

    /// <inheritdoc/>
    public IReadOnlyList<ParameterGroup> ParameterGroups => _learning.ParameterGroups;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor> { ["targets"] = _learning.AllTargets };

    /// <inheritdoc/>
    public bool DividesAmongRanks => _learning.DividesAmongRanks;

    private MultiExitNetwork Student => _learning.Student;

    private int Clusters => Student.Options.Outputs;

    /// <inheritdoc/>
    public ViewSpec Views(double progress) => _learning.Views(progress);

    /// <inheritdoc/>
    public void BeginEpoch(int epoch, FeaturePass features, double progress)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (epoch < _options.FromEpoch || (epoch - _options.FromEpoch) % _options.Every != 0) return;
        using var scope = NewDisposeScope();
        using var rows = features(view => Student.ForwardTo(view, _deepest).Feature);
        int[] before = [.. _learning.AllTargets.cpu().data<long>().Select(target => (int)target)];
        using var result = Cluster(rows, before, epoch);
        int[] numbers = IsFresh ? ClusterNumbers.Match(before, result.Assignments, Clusters) : [.. Enumerable.Range(0, Clusters)];
        _learning.Retarget([.. result.Assignments.Select(cluster => numbers[cluster])]);
        switch (_options.Classifiers)
        {
            case AlternatingClassifiers.Keep:
                break;
            case AlternatingClassifiers.Reinitialize:
                Student.DrawClassifiers(SeedOf(epoch, stream: 1));
                break;
            case AlternatingClassifiers.Centroids:
                Student.DrawClassifiers(SeedOf(epoch, stream: 1));
                using (var centroids = FeatureTensors.Table(result.Centroids))
                {
                    var order = tensor(numbers.Select(n => (long)n).ToArray(), device: CPU);
                    var numbered = zeros_like(centroids).index_copy_(0, order, centroids);
                    Student.SetClassifier(_deepest, numbered / (CentroidTemperature * MeanLength(rows)));
                }

                break;
            default:
                throw new InvalidOperationException($"nothing is known of classifiers {_options.Classifiers}");
        }
    }

    /// <inheritdoc/>
    public ObjectiveLoss Loss(ObjectiveBatch batch, double progress) => _learning.Loss(batch, progress);

    /// <inheritdoc/>
    public void BeforeStep(double progress) => _learning.BeforeStep(progress);

    /// <inheritdoc/>
    public void AfterStep(double progress) => _learning.AfterStep(progress);

    /// <inheritdoc/>
    public void Dispose() => _learning.Dispose();

    private bool IsFresh => _options.Start switch
    {
        AlternatingStart.Fresh => true,
        AlternatingStart.Warm => false,
        var other => throw new InvalidOperationException($"nothing is known of a start {other}"),
    };

    private KMeansResult Cluster(FeatureMatrix rows, int[] before, int epoch)
    {
        var options = new KMeansOptions
        {
            Clusters = Clusters,
            Spherical = true,
            MaxIterations = _options.Iterations,
            Threads = _threads,
            Seed = SeedOf(epoch, stream: 0),
        };
        if (IsFresh) return KMeans.Fit(rows, options);
        using var means = ClusterNumbers.MeanDirections(rows, before, Clusters, options.Seed);
        return KMeans.Fit(rows, means, options);
    }

    private ulong SeedOf(int epoch, uint stream)
    {
        var random = new CounterRandom(_seed, (uint)epoch, stream);
        return ((ulong)random.NextUInt32() << 32) | random.NextUInt32();
    }

    private static double MeanLength(FeatureMatrix rows)
    {
        var sum = 0.0;
        for (var row = 0; row < rows.Rows; row++) sum += ClusterNumbers.Length(rows[row]);
        return Math.Max(sum / rows.Rows, 1e-6);
    }
}
