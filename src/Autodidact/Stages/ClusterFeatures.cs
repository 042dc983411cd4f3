using Autodidact.Artefacts;
using Autodidact.Clustering;
using Autodidact.Configuration;
using Autodidact.Native;
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
        using var model = encoder.Open(TorchDevices.Of(run.Options.Device));
        using var features = model.TrainFeatures(images, run.Options.Evaluate.BatchSize, cancellationToken);
        NpyFile.Write(encoder.FeaturesFile, features);
        using var result = KMeans.Fit(
            features,
            new KMeansOptions
            {
                Clusters = clusters,
                Spherical = options.Spherical,
                MaxIterations = options.Iterations,
                Restarts = options.Restarts,
                Threads = run.Options.Threads,
                Seed = run.Seeds.Of(SeedStream.Cluster),
            },
            new Relay(run),
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

    private sealed class Relay(StageRun run) : IProgress<KMeansIteration>
    {
        public void Report(KMeansIteration value) => run.Progress(
            value.Iteration,
            run.Options.Cluster.Iterations,
            FormattableString.Invariant($"start {value.Restart + 1}, inertia {value.Inertia:0.###}"));
    }
}
