using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Pipeline;
using Autodidact.Runs;
using Autodidact.Serialization;
using Autodidact.Stages;
using TorchSharp;

namespace Autodidact.RunReports;

/// <summary>The first clustering of a run.</summary>
/// <param name="Count">Number of clusters.</param>
/// <param name="Assignments">Cluster of each training image.</param>
/// <param name="Distances">Distance of each training image from its centroid.</param>
/// <param name="Margins">Distance to the second-nearest centroid less that to the nearest: 0 is on the border.</param>
internal sealed record ClusterFacts(int Count, int[] Assignments, float[] Distances, float[] Margins)
{
    /// <summary>Training images of each cluster.</summary>
    public int[] Sizes { get; } = SizesOf(Count, Assignments);

    private static int[] SizesOf(int count, int[] assignments)
    {
        var sizes = new int[count];
        foreach (var cluster in assignments) sizes[cluster]++;
        return sizes;
    }
}

/// <summary>The classes of a run's images, known for measuring.</summary>
/// <param name="Names">Their names.</param>
/// <param name="Train">Class of each training image, -1 where unknown.</param>
/// <param name="Evaluation">Class of each evaluation image, -1 where unknown.</param>
internal sealed record ClassFacts(IReadOnlyList<string> Names, int[] Train, int[] Evaluation);

/// <summary>
/// All that a run left which a report can show. Whatever is missing is null, with a line in <see cref="Gaps"/> where a reader would expect
/// it.
/// </summary>
internal sealed class RunFacts : IDisposable
{
    private readonly List<string> _gaps = [];

    private RunFacts(RunDirectory run)
    {
        Paths = run.Paths;
        Record = run.Record!;
        Options = Record.RunOptions();
        Summary = File.Exists(Paths.Summary) ? Summary.Load(Paths.Summary) : new Summary();
        Metrics = File.Exists(Paths.Metrics) ? [.. MetricsLog.Read(Paths.Metrics)] : [];
        Skipped = File.Exists(Paths.Skipped) ? SkippedCsv.Read(Paths.Skipped) : [];
    }

    /// <summary>Name of the run's directory.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Paths.Root));

    /// <summary>Where its artefacts lie.</summary>
    public RunPaths Paths { get; }

    /// <summary>Record of the run.</summary>
    public RunRecord Record { get; }

    /// <summary>Its options.</summary>
    public RunOptions Options { get; }

    /// <summary>Its results.</summary>
    public Summary Summary { get; }

    /// <summary>Logged steps.</summary>
    public IReadOnlyList<MetricsEntry> Metrics { get; }

    /// <summary>Images left out.</summary>
    public IReadOnlyList<SkippedImage> Skipped { get; }

    /// <summary>The images; null where they cannot be had any more.</summary>
    public PreparedData? Data { get; private set; }

    /// <summary>Their classes; null where there are no labels.</summary>
    public ClassFacts? Classes { get; private set; }

    /// <summary>The clustering; null before it is made.</summary>
    public ClusterFacts? Clusters { get; private set; }

    /// <summary>The deepest exit's answer for each evaluation image; null before they are measured.</summary>
    public int[]? Answers { get; private set; }

    /// <summary>The exported model; null without one.</summary>
    public ModelManifest? Model { get; private set; }

    /// <summary>The file of the training images' features, a row for each; null before they are made.</summary>
    public string? Features { get; private set; }

    /// <summary>Parts that the report leaves out, each with the reason.</summary>
    public IReadOnlyList<string> Gaps => _gaps;

    /// <summary>Name of a cluster: the exported model's, or its number.</summary>
    /// <param name="cluster">The cluster.</param>
    public string ClusterName(int cluster) =>
        FormattableString.Invariant($"{cluster}") + (Model?.Names is { } names && cluster < names.Count ? $" {names[cluster]}" : "");

    /// <summary>Reads a run.</summary>
    /// <param name="path">Its directory.</param>
    /// <param name="cancellationToken">Stops while images are packed again.</param>
    /// <exception cref="AutodidactException">It is no run, or its records cannot be read.</exception>
    public static RunFacts Read(string path, CancellationToken cancellationToken = default)
    {
        using var run = RunDirectory.Open(path);
        var facts = new RunFacts(run);
        try
        {
            facts.Try("pictures and classes", () => facts.ReadData(cancellationToken));
            facts.Try("clusters", () => facts.ReadClusters(run));
            facts.Try("answers of the exits", () => facts.ReadAnswers(run));
            facts.Try("the exported model", () => facts.ReadModel(run));
            facts.Try("features", () => facts.FindFeatures(run));
            return facts;
        }
        catch
        {
            facts.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Data?.Dispose();

    /// <summary>Does a part; what a user could mend becomes a line of the report instead of its end.</summary>
    /// <param name="what">Name of the part: the report goes without it if it fails.</param>
    /// <param name="read">The part.</param>
    public void Try(string what, Action read)
    {
        try
        {
            read();
        }
        catch (AutodidactException e)
        {
            _gaps.Add($"Left out: {what}. {e.Message}");
        }
    }

    private void ReadData(CancellationToken cancellationToken)
    {
        if (!Record.Data.ContainsKey("train")) return;
        Data = PackImages.Reopen(Options, Record, cancellationToken);
        if (LabelFiles.Splits(Data) is { } splits) Classes = new ClassFacts(LabelFiles.ClassNames(Data), splits.Train, splits.Evaluation);
    }

    private void ReadClusters(RunDirectory run)
    {
        if (!File.Exists(Paths.Clusters)) return;
        run.RequireWhole(Paths.Clusters);
        var clustering = new ClusteringArtefact(Paths);
        var assignments = clustering.Assignments;
        using var centroids = clustering.ReadCentroids();
        if (Data is not null && assignments.Length != Data.Train.Count)
        {
            throw new AutodidactException(
                FailureKind.Data,
                $"{Paths.Clusters} clusters {Plural.Of(assignments.Length, "image")}, the run has {Data.Train.Count}: cluster again");
        }

        Clusters = new ClusterFacts(centroids.Rows, assignments, clustering.ReadDistances(), clustering.ReadMargins());
    }

    private void ReadAnswers(RunDirectory run)
    {
        if (!File.Exists(Paths.Predictions) || Data?.Evaluation is not { } evaluation) return;
        run.RequireWhole(Paths.Predictions);
        var (shape, values) = NpyFile.Read<int>(Paths.Predictions);
        if (shape is not [var images, var exits and >= 2] || images != evaluation.Count)
            throw new AutodidactException(
                FailureKind.Data,
                $"{Paths.Predictions}: not the answers for the run's {Plural.Of(evaluation.Count, "evaluation image")}: evaluate again");

        // The last column is the ensemble.
        Answers = [.. Enumerable.Range(0, images).Select(i => values[(i * exits) + exits - 2])];
    }

    private void FindFeatures(RunDirectory run)
    {
        if (!File.Exists(Paths.Features)) return;
        run.RequireWhole(Paths.Features);
        using var features = NpyFile.MapMatrix(Paths.Features);
        if (Data is not null && features.Rows != Data.Train.Count)
            throw new AutodidactException(
                FailureKind.Data, $"{Paths.Features}: {features.Rows} rows, the run has {Data.Train.Count} images: cluster again");
        Features = Paths.Features;
    }

    private void ReadModel(RunDirectory run)
    {
        var manifest = Path.Combine(Paths.Model, ModelManifest.FileName);
        if (!File.Exists(manifest)) return;
        run.RequireWhole(manifest);
        Model = ModelManifest.Load(Paths.Model);
    }
}
