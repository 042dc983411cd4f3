using Autodidact.Artefacts;
using Autodidact.Clustering;
using Autodidact.Configuration;
using Autodidact.Native;
using Autodidact.Numerics;
using Autodidact.Runs;
using Autodidact.Serialization;

namespace Autodidact.Stages;

/// <summary>Stage two: features of the target images, and their clusters as pseudo-labels.</summary>
internal static class ClusterFeatures
{
    /// <summary>Extracts and clusters.</summary>
    /// <param name="run">The stage.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">The encoder; the features go to its file.</param>
    /// <param name="clustering">Where the clusters go.</param>
    /// <param name="cancellationToken">Stops between batches and iterations.</param>
    public static StageOutcome Run(
        StageRun run, PackedData data, EncoderArtefact encoder, ClusteringArtefact clustering, CancellationToken cancellationToken)
    {
        var options = run.Options.Cluster;
        var images = data.Target.Train;
        var clusters = ClusterCount(options, images.Count);
        run.Begin($"features of {images.Count} images, k-means with {clusters} clusters", options.Iterations);
        using var result = run.Share(
            RankWork.Cluster,
            token => Compute(
                run.Options, data, encoder, features => NpyFile.Write(encoder.FeaturesFile, features), new Relay(run), token),
            cancellationToken);
        clustering.Write(images, result);
        var (inertia, smallest, largest) = (result.Inertia, result.Sizes.Min(), result.Sizes.Max());
        return new StageOutcome(
            [encoder.FeaturesFile, .. clustering.Files],
            FormattableString.Invariant(
                $"{clusters} clusters of {smallest} to {largest} images, inertia {inertia:0.###} after {result.Iterations} iterations"))
        {
            Note = summary => summary.Noting(
                new ClusterSummary { K = clusters, Inertia = inertia, Smallest = smallest, Largest = largest }),
        };
    }

    /// <summary>Does a part of the work of the first process, and keeps nothing.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="cancellationToken">Stops between batches and iterations.</param>
    public static void Follow(RunOptions options, PackedData data, EncoderArtefact encoder, CancellationToken cancellationToken) =>
        Compute(options, data, encoder, _ => { }, null, cancellationToken).Dispose();

    /// <summary>Number of clusters that the options ask for.</summary>
    /// <param name="options">The options.</param>
    /// <param name="images">Images to cluster.</param>
    /// <exception cref="AutodidactException">More clusters than images are asked for; kind Usage.</exception>
    public static int ClusterCount(ClusterOptions options, int images)
    {
        if (options.K > images)
        {
            throw new AutodidactException(
                FailureKind.Usage, $"--clusters {options.K}: there are only {images} images: choose fewer clusters");
        }

        var clusters = options.K > 0 ? options.K : options.Classes > 0 ? 10 * options.Classes : KMeans.AutoClusters(images);
        return Math.Min(clusters, images);
    }

    /// <summary>Extracts and clusters. Processes do this together.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="data">The images.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="extracted">Takes the features.</param>
    /// <param name="progress">Told after each iteration.</param>
    /// <param name="cancellationToken">Stops between batches and iterations.</param>
    /// <returns>The clusters, for the caller to own.</returns>
    private static KMeansResult Compute(
        RunOptions options,
        PackedData data,
        EncoderArtefact encoder,
        Action<FeatureMatrix> extracted,
        IProgress<KMeansIteration>? progress,
        CancellationToken cancellationToken)
    {
        var images = data.Target.Train;
        using var model = encoder.Open(TorchDevices.Of(options.Device));
        using var features = model.TrainFeatures(images, options.Evaluate.BatchSize, cancellationToken);
        extracted(features);
        return KMeans.Fit(
            features,
            new KMeansOptions
            {
                Clusters = ClusterCount(options.Cluster, images.Count),
                Spherical = options.Cluster.Spherical,
                MaxIterations = options.Cluster.Iterations,
                Restarts = options.Cluster.Restarts,
                Threads = options.Threads,
                Seed = new Seeds(options.Seed).Of(SeedStream.Cluster),
            },
            progress,
            cancellationToken);
    }

    private sealed class Relay(StageRun run) : IProgress<KMeansIteration>
    {
        public void Report(KMeansIteration value) => run.Progress(
            value.Iteration,
            run.Options.Cluster.Iterations,
            FormattableString.Invariant($"start {value.Restart + 1}, inertia {value.Inertia:0.###}"));
    }
}
