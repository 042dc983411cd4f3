using System.Globalization;
using System.Text;
using Autodidact.Clustering;
using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Runs;
using Autodidact.Serialization;
using static TorchSharp.torch;

namespace Autodidact.Pipeline;

/// <summary>Stage two: features of the target images, and their clusters as pseudo-labels.</summary>
internal sealed class ClusterStage : IStage
{
    public static ClusterStage Instance { get; } = new();

    public string Fingerprint(RunContext context) => context.Fingerprint(
        Stage.Cluster,
        context.Options.Cluster,
        PretrainStage.Instance.Fingerprint(context),
        context.Target.Train.Fingerprint);

    public StageOutcome Run(RunContext context, CancellationToken cancellationToken)
    {
        var options = context.Options.Cluster;
        var images = context.Target.Train;
        var clusters = Clusters(options, images.Count);
        context.Tell(new StageStarted(Stage.Cluster, $"features of {images.Count} images, k-means with {clusters} clusters", options.Iterations));
        using var encoder = RunEncoder.Load(context);
        using var features = encoder.TrainFeatures(cancellationToken);
        NpyFile.Write(context.Paths.Features, features);
        using var result = KMeans.Fit(
            features,
            new KMeansOptions
            {
                Clusters = clusters,
                Spherical = options.Spherical,
                MaxIterations = options.Iterations,
                Restarts = options.Restarts,
                Threads = context.Options.Threads,
                Seed = context.SeedOf(SeedStream.Cluster),
            },
            new Relay(context),
            cancellationToken);
        Save(context.Paths.Clusters, result);
        WriteTable(context.Paths.PseudoLabels, images, result);
        context.Summary = context.Summary.Noting(
            new ClusterSummary { K = clusters, Inertia = result.Inertia, Smallest = result.Sizes.Min(), Largest = result.Sizes.Max() });
        return new StageOutcome(
            [context.Paths.Features, context.Paths.Clusters, context.Paths.PseudoLabels],
            FormattableString.Invariant($"{clusters} clusters of {result.Sizes.Min()} to {result.Sizes.Max()} images, inertia {result.Inertia:0.###} after {result.Iterations} iterations"));
    }

    /// <summary>Pseudo-label of each target image, in pack order.</summary>
    /// <exception cref="AutodidactException">The file is no clustering; kind Data.</exception>
    public static int[] ReadAssignments(string path)
    {
        long clusters;
        using (var reader = new SafetensorsReader(path))
        {
            clusters = reader.Find("centroids") is { Shape: [var rows, _] } ? rows : 0;
        }

        using var scope = NewDisposeScope();
        var tensor = TensorFile.Read(path, "assignments");
        int[] result = tensor.dtype == ScalarType.Int32 && tensor.dim() == 1 ? tensor.data<int>().ToArray() : [-1];
        return result.All(cluster => cluster >= 0 && cluster < clusters)
            ? result
            : throw new AutodidactException(FailureKind.Data, $"{path}: its assignments are not clusters of its centroids: delete it and run again");
    }

    /// <summary>Centroids [k, d].</summary>
    public static FeatureMatrix ReadCentroids(string path) => TensorFile.ReadMatrix(path, "centroids");

    /// <summary>Number of clusters the options ask for.</summary>
    public static int Clusters(ClusterOptions options, int images)
    {
        var clusters = options.K > 0 ? options.K : options.Classes > 0 ? 10 * options.Classes : KMeans.AutoClusters(images);
        return clusters <= images
            ? clusters
            : options.K > 0
                ? throw new AutodidactException(FailureKind.Usage, $"--clusters {clusters}: there are only {images} images: choose fewer clusters")
                : images;
    }

    private static void Save(string path, KMeansResult result)
    {
        using var scope = NewDisposeScope();
        TensorFile.Write(
            path,
            new Dictionary<string, Tensor>
            {
                ["centroids"] = FeatureTensors.Block(result.Centroids, 0, result.Centroids.Rows),
                ["assignments"] = tensor(result.Assignments),
                ["distances"] = tensor(result.Distances),
                ["margins"] = tensor(result.Margins),
            },
            new Dictionary<string, string> { ["inertia"] = result.Inertia.ToString("R", CultureInfo.InvariantCulture) });
    }

    private static void WriteTable(string path, Images.IImageSet images, KMeansResult result)
    {
        var text = new StringBuilder();
        Images.Csv.AppendRow(text, "key", "cluster", "distance", "margin");
        for (var i = 0; i < images.Count; i++)
        {
            Images.Csv.AppendRow(
                text,
                images.Key(i),
                result.Assignments[i].ToString(CultureInfo.InvariantCulture),
                result.Distances[i].ToString("G6", CultureInfo.InvariantCulture),
                result.Margins[i].ToString("G6", CultureInfo.InvariantCulture));
        }

        AtomicFile.WriteText(path, text.ToString());
    }

    private sealed class Relay(RunContext context) : IProgress<KMeansIteration>
    {
        public void Report(KMeansIteration value) => context.Tell(new StageProgress(
            Stage.Cluster,
            value.Iteration,
            context.Options.Cluster.Iterations,
            FormattableString.Invariant($"start {value.Restart + 1}, inertia {value.Inertia:0.###}"),
            null));
    }
}
