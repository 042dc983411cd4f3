using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Autodidact.Files;
using Autodidact.Options;

namespace Autodidact.Runs;

/// <summary>
/// The results of a run, as <c>summary.json</c> holds them (snake_case names). Fractions are 0-1, times seconds, sizes megabytes. A result
/// that was not measured is null here and absent there.
/// </summary>
/// <remarks>
/// A row holds the notes of a stage (method, seconds, sizes) and, apart from them, the scores that evaluation gave its result. The
/// operations below move or drop scores as a whole, so that none is forgotten.
/// </remarks>
public sealed record Summary
{
    /// <summary>The schema this program writes and reads.</summary>
    public const int CurrentSchema = 1;

    private const string PretrainKey = "pretrain";
    private const string ClusterKey = "cluster";
    private const string DistillKey = "distill";

    /// <summary>Version of the file's layout.</summary>
    [Figure("version of the file's layout")]
    [JsonPropertyOrder(-1)]
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Sizes of the data.</summary>
    [Part("sizes of the data")]
    public DataSummary? Data { get; init; }

    /// <summary>Scores of the baseline that looks at pixels alone.</summary>
    [Part("scores of the images' own pixels, without a model")]
    [Scored(ScoredRows.Baselines)]
    public RepresentationScores? RawPixels { get; init; }

    /// <summary>Scores of the encoder's architecture with random weights.</summary>
    [Part("scores of the encoder's architecture with random weights")]
    [Scored(ScoredRows.Baselines)]
    public RepresentationScores? Untrained { get; init; }

    /// <summary>The self-supervised stage.</summary>
    [Part("pre-training, and the scores of the encoder")]
    public PretrainSummary? Pretrain { get; init; }

    /// <summary>The clustering of the encoder's features.</summary>
    [Part("the clustering of the encoder's features, and its scores on the evaluation images")]
    public ClusterSummary? Cluster { get; init; }

    /// <summary>The self-distillation stage.</summary>
    [Part("the training of the student")]
    public DistillSummary? Distill { get; init; }

    /// <summary>One row for each exit, the shallowest first, then one named <see cref="ExitSummary.Ensemble"/>.</summary>
    [Part("a row for each exit, the shallowest first, then one for all exits together")]
    public IReadOnlyList<ExitSummary>? Exits { get; init; }

    /// <summary>One row for each early-exit threshold.</summary>
    [Part("a row for each threshold of early exits that the export measured")]
    public IReadOnlyList<EarlyExitSummary>? EarlyExit { get; init; }

    /// <summary>Time of the run.</summary>
    [Part("time of the run")]
    public SecondsSummary? Seconds { get; init; }

    /// <summary>Most memory the process held, in MB.</summary>
    [Figure("most memory the process held, in MB", FigureFormat.Count, Better = Better.Lower)]
    public double? PeakMemoryMb { get; init; }

    /// <summary>Whether anything was trained on labels. Every later result then owes them something too.</summary>
    [JsonIgnore]
    public bool TrainedOnLabels => Pretrain?.UsesLabels == true || Distill?.UsesLabels == true;

    /// <summary>Whether the scores are there that runs with equal encoders and clusters have in common.</summary>
    internal bool HasBaselines => RawPixels is not null && Untrained is not null;

    /// <summary>The file's text.</summary>
    /// <exception cref="ArgumentException">A figure is not finite: it was not measured and should be null.</exception>
    public string ToJson() => JsonSerializer.Serialize(this, SummaryJson.Options);

    /// <summary>Reads the file's text. Unknown keys are passed over, so that a newer program's extra figures do no harm.</summary>
    /// <param name="json">Text of a <c>summary.json</c>.</param>
    /// <param name="source">Where it came from, for the message.</param>
    /// <exception cref="AutodidactException">It is not JSON of this schema.</exception>
    public static Summary FromJson(string json, string source = "summary.json")
    {
        ArgumentNullException.ThrowIfNull(json);
        var summary = JsonInput.Read<Summary>(Encoding.UTF8.GetBytes(json), CurrentSchema, SummaryJson.Reading, Refused);
        var twice = summary.Exits?.CountBy(row => row.Exit).FirstOrDefault(row => row.Value > 1).Key;
        return twice is null ? summary : throw Refused($"exits: {twice} stands there twice");

        AutodidactException Refused(string problem) => new(
            FailureKind.Data, $"{source} is not a readable summary: {problem}; run `evaluate` again to rewrite it");
    }

    /// <summary>Writes the file so that a reader sees the old text or the new one, never half of it.</summary>
    /// <param name="path">Path of <c>summary.json</c>.</param>
    public void Save(string path) => AtomicFile.WriteText(path, FileText());

    /// <summary>Reads the file.</summary>
    /// <param name="path">Path of <c>summary.json</c>.</param>
    /// <exception cref="AutodidactException">It is missing or not readable.</exception>
    public static Summary Load(string path) => File.Exists(path)
        ? FromJson(Text(path), path)
        : throw new AutodidactException(FailureKind.Data, $"{path} does not exist; the run has not been evaluated yet");

    /// <summary>All that the file holds.</summary>
    internal string FileText() => ToJson() + "\n";

    private static string Text(string path)
    {
        try
        {
            return RegularFile.ReadText(path, RegularFile.MostRecordBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path} cannot be read ({OneLine.From(e.Message)}); run `evaluate` again to rewrite it", e);
        }
    }

    /// <summary>
    /// The notes of pre-training in place of earlier ones. The encoder's scores stay: <see cref="Without"/> drops them where they hold no
    /// more.
    /// </summary>
    /// <param name="notes">Notes of the stage.</param>
    internal Summary Noting(PretrainSummary notes) => this with { Pretrain = notes with { Scores = Pretrain?.Scores ?? new() } };

    /// <summary>
    /// The notes of clustering in place of earlier ones. The clusters' scores stay: <see cref="Without"/> drops them where they hold no
    /// more.
    /// </summary>
    /// <param name="notes">Notes of the stage.</param>
    internal Summary Noting(ClusterSummary notes) => this with { Cluster = notes with { Scores = Cluster?.Scores ?? new() } };

    /// <summary>
    /// The notes of a stage as another run has them, without its scores: a run measures for itself what it has not in common.
    /// </summary>
    /// <param name="stage">The stage, by its name in <c>run.json</c>.</param>
    /// <param name="other">The other run's results.</param>
    internal Summary TakingNotes(string stage, Summary other) => stage switch
    {
        PretrainKey => this with { Pretrain = other.Pretrain is { } notes ? notes with { Scores = new() } : null },
        ClusterKey => this with { Cluster = other.Cluster is { } notes ? notes with { Scores = new() } : null },
        DistillKey => this with { Distill = other.Distill },
        _ => throw NoRow(stage),
    };

    /// <summary>
    /// Another run's scores of raw pixels, untrained encoder, encoder and clusters. Notes stay this run's own, where it has them.
    /// </summary>
    /// <param name="other">Results of a run with the same encoder and clusters.</param>
    internal Summary TakingBaselines(Summary other) => this with
    {
        RawPixels = other.RawPixels,
        Untrained = other.Untrained,
        Pretrain = other.Pretrain is { } encoder ? (Pretrain ?? encoder) with { Scores = encoder.Scores } : Pretrain,
        Cluster = other.Cluster is { } clusters ? (Cluster ?? clusters) with { Scores = clusters.Scores } : Cluster,
    };

    /// <summary>
    /// Drops the scores of raw pixels, untrained encoder, encoder and clusters: all are measured together, against the same clusters.
    /// </summary>
    internal Summary WithoutBaselines() => this with
    {
        RawPixels = null,
        Untrained = null,
        Pretrain = Pretrain is { } encoder ? encoder with { Scores = new() } : null,
        Cluster = Cluster is { } clusters ? clusters with { Scores = new() } : null,
    };

    /// <summary>
    /// Drops a stage's notes, its scores, and the scores of every later stage: it is done anew with other inputs. Notes of other stages
    /// stay.
    /// </summary>
    /// <param name="stage">The stage, by its name in <c>run.json</c>.</param>
    internal Summary Without(string stage)
    {
        var rest = this with { Exits = null, EarlyExit = null, Seconds = null, PeakMemoryMb = null };
        return stage switch
        {
            PretrainKey => rest.WithoutBaselines() with { Pretrain = null },
            ClusterKey => rest.WithoutBaselines() with { Cluster = null },
            DistillKey => rest with { Distill = null },
            _ => throw NoRow(stage),
        };
    }

    private static ArgumentException NoRow(string stage) => new($"no row of a summary is that of a stage '{stage}'", nameof(stage));
}
