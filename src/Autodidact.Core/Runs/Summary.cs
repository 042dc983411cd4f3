using System.Text.Json;
using System.Text.Json.Serialization;

namespace Autodidact.Runs;

/// <summary>
/// What a run measured, as <c>summary.json</c> holds it (snake_case names). Fractions are 0-1, times seconds, sizes megabytes; what was not measured is null
/// here and absent there.
/// </summary>
public sealed record Summary
{
    /// <summary>The schema this program writes and reads.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Version of the file's layout.</summary>
    [JsonPropertyOrder(-1)]
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Sizes of the data.</summary>
    public DataSummary? Data { get; init; }

    /// <summary>The baseline that looks at pixels alone.</summary>
    public RepresentationSummary? RawPixels { get; init; }

    /// <summary>The encoder's architecture with random weights.</summary>
    public RepresentationSummary? Untrained { get; init; }

    /// <summary>The self-supervised stage.</summary>
    public PretrainSummary? Pretrain { get; init; }

    /// <summary>The clustering of the encoder's features.</summary>
    public ClusterSummary? Cluster { get; init; }

    /// <summary>The self-distillation stage.</summary>
    public DistillSummary? Distill { get; init; }

    /// <summary>One row per exit, shallowest first, then one named <see cref="ExitSummary.Ensemble"/>.</summary>
    public IReadOnlyList<ExitSummary>? Exits { get; init; }

    /// <summary>One row per early-exit threshold.</summary>
    public IReadOnlyList<EarlyExitSummary>? EarlyExit { get; init; }

    /// <summary>Time of the run.</summary>
    public SecondsSummary? Seconds { get; init; }

    /// <summary>Most memory the process held, in MB.</summary>
    public double? PeakMemoryMb { get; init; }

    /// <summary>Whether anything was trained on labels; what came after it then owes them something too.</summary>
    [JsonIgnore]
    public bool TrainedOnLabels => Pretrain?.UsesLabels == true || Distill?.UsesLabels == true;

    /// <summary>The file's text.</summary>
    /// <exception cref="ArgumentException">A figure is not finite: it was not measured and should be null.</exception>
    public string ToJson() => JsonSerializer.Serialize(this, SummaryJson.Default.Summary);

    /// <summary>Reads the file's text. Unknown keys are passed over, so that a newer program's extra figures do no harm.</summary>
    /// <param name="json">Text of a <c>summary.json</c>.</param>
    /// <param name="source">Where it came from, for the message.</param>
    /// <exception cref="AutodidactException">It is not JSON of this schema.</exception>
    public static Summary FromJson(string json, string source = "summary.json")
    {
        Summary? summary;
        try
        {
            summary = JsonSerializer.Deserialize(json, SummaryJson.Default.Summary);
        }
        catch (JsonException e)
        {
            throw new AutodidactException(FailureKind.Data, $"{source} is not a readable summary ({e.Message}); run `evaluate` again to rewrite it", e);
        }

        if (summary?.Schema != CurrentSchema)
        {
            throw new AutodidactException(
                FailureKind.Data,
                $"{source} has schema {summary?.Schema.ToString() ?? "none"}, this program reads {CurrentSchema}; run `evaluate` again to rewrite it");
        }

        return summary;
    }

    /// <summary>Writes the file so that a reader sees the old text or the new one, never half of it.</summary>
    /// <param name="path">Path of <c>summary.json</c>.</param>
    public void Save(string path) => AtomicFile.WriteText(path, ToJson() + "\n");

    /// <summary>Reads the file.</summary>
    /// <param name="path">Path of <c>summary.json</c>.</param>
    /// <exception cref="AutodidactException">It is missing or not readable.</exception>
    public static Summary Load(string path) => File.Exists(path)
        ? FromJson(File.ReadAllText(path), path)
        : throw new AutodidactException(FailureKind.Data, $"{path} does not exist; the run has not been evaluated yet");
}
