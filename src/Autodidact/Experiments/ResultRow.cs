using System.Globalization;
using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Experiments;

/// <summary>One finished run, as a row of <c>results.csv</c>.</summary>
internal sealed record ResultRow
{
    private const double MostNumber = 1e18;

    /// <summary>A third of a year: the times of as many runs as an experiment may have still add up to a duration.</summary>
    private const double MostSeconds = 1e7;

    /// <summary>Stages whose seconds have a column, by name.</summary>
    public static IReadOnlyList<string> Stages { get; } =
    [
        .. new[] { Stage.Prepare, Stage.Pretrain, Stage.Cluster, Stage.Distill, Stage.Evaluate }.Select(s => EnumNames.Of(s)),
    ];

    /// <summary>Stages that may come from another run, by name.</summary>
    public static IReadOnlyList<string> SharedStages { get; } = [.. StageSharing.Shared.Select(s => EnumNames.Of(s))];

    /// <summary>Name of the variant.</summary>
    public required string Variant { get; init; }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Digest of the options.</summary>
    public required string Configuration { get; init; }

    /// <summary>The figures wanted, in the experiment's order; null where one was not measured.</summary>
    public required IReadOnlyList<double?> Metrics { get; init; }

    /// <summary>Parameters of the whole student up to its deepest exit.</summary>
    public double? Parameters { get; init; }

    /// <summary>Multiply-accumulates up to the deepest exit.</summary>
    public double? Macs { get; init; }

    /// <summary>
    /// Images that distillation looked at, one seen twice counting twice: epochs times training images; null where no student was trained.
    /// </summary>
    public double? ImagesSeen { get; init; }

    /// <summary>Seconds of each stage in this run, by name; a stage taken from another run has taken none.</summary>
    public IReadOnlyDictionary<string, double> Seconds { get; init; } = new Dictionary<string, double>();

    /// <summary>For each stage taken from another run, that run's directory name.</summary>
    public IReadOnlyDictionary<string, string> From { get; init; } = new Dictionary<string, string>();

    /// <summary>Commit of the build; empty where unknown.</summary>
    public string Commit { get; init; } = "";

    /// <summary>When the run was measured (UTC).</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Processor and threads.</summary>
    public string Hardware { get; init; } = "";

    /// <summary>The row of a finished run.</summary>
    /// <param name="cell">The run.</param>
    /// <param name="metrics">The figures wanted.</param>
    /// <exception cref="AutodidactException">The run's files cannot be read.</exception>
    public static ResultRow Of(ExperimentCell cell, IReadOnlyList<MetricColumn> metrics)
    {
        ArgumentNullException.ThrowIfNull(cell);
        using var run = RunDirectory.Open(cell.Directory);
        var (record, summary) = (run.Record!, Summary.Load(run.Paths.Summary));
        var deepest = summary.Exits?.LastOrDefault(e => !e.IsEnsemble);
        return new ResultRow
        {
            Variant = cell.Variant,
            Seed = cell.Seed,
            Configuration = cell.Configuration,
            Metrics = [.. metrics.Select(m => m.Read(summary))],
            Parameters = deepest?.Parameters,
            Macs = deepest?.Macs,
            ImagesSeen = summary is { Distill.Epochs: { } epochs, Data.TrainImages: { } images } ? Math.Round(epochs * images) : null,
            Seconds = Stages.ToDictionary(s => s, s => Math.Round(record.Seconds.GetValueOrDefault(s), 3)),
            From = SharedStages
                .Where(s => record.Stages.GetValueOrDefault(s)?.From is not null)
                .ToDictionary(s => s, s => Path.GetFileName(record.Stages[s].From!)),
            Commit = record.Commit ?? "",
            Time = record.Stages.TryGetValue("evaluate", out var measured) ? measured.Completed : record.Created,
            Hardware = record.Hardware is { } hardware
                ? $"{hardware.Processor}, {Plural.Of(hardware.Threads, "thread")}, {hardware.Platform}{hardware.Beside}"
                : "",
        };
    }

    /// <summary>Names of the columns, in order.</summary>
    /// <param name="metrics">Names of the figures.</param>
    public static IReadOnlyList<string> Columns(IEnumerable<string> metrics) =>
    [
        "variant", "seed", .. metrics, "parameters", "macs", "images_seen",
        .. Stages.Select(s => $"seconds_{s}"),
        .. SharedStages.Select(s => $"{s}_from"),
        "configuration", "commit", "time", "hardware",
    ];

    /// <summary>The row's fields, in the order of <see cref="Columns"/>.</summary>
    public IReadOnlyList<string> ToFields() =>
    [
        Variant,
        Seed.ToString(CultureInfo.InvariantCulture),
        .. Metrics.Select(Text),
        Text(Parameters),
        Text(Macs),
        Text(ImagesSeen),
        .. Stages.Select(s => Text(Seconds.TryGetValue(s, out var seconds) ? seconds : null)),
        .. SharedStages.Select(s => From.GetValueOrDefault(s, "")),
        Configuration,
        Commit,
        Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Hardware,
    ];

    /// <summary>Reads a row's fields.</summary>
    /// <param name="fields">The fields, in the order of <see cref="Columns"/>.</param>
    /// <param name="metrics">Number of figures.</param>
    /// <exception cref="FormatException">A field is not what its column holds.</exception>
    public static ResultRow FromFields(IReadOnlyList<string> fields, int metrics)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var next = 0;
        string Take() => fields[next++];
        return new ResultRow
        {
            Variant = Take(),
            Seed = ulong.Parse(Take(), NumberStyles.None, CultureInfo.InvariantCulture),
            Metrics = [.. Enumerable.Range(0, metrics).Select(_ => Number(Take()))],
            Parameters = Number(Take()),
            Macs = Number(Take()),
            ImagesSeen = Number(Take()),
            Seconds = Stages
                .Select(s => (Stage: s, Seconds: Number(Take(), MostSeconds)))
                .Where(s => s.Seconds is not null)
                .ToDictionary(s => s.Stage, s => s.Seconds!.Value),
            From = SharedStages.Select(s => (Stage: s, From: Take())).Where(s => s.From.Length > 0).ToDictionary(s => s.Stage, s => s.From),
            Configuration = Take(),
            Commit = Take(),
            Time = DateTimeOffset.Parse(Take(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            Hardware = Take(),
        };
    }

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static double? Number(string text, double most = MostNumber)
    {
        if (text.Length == 0) return null;
        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return Math.Abs(number) <= most ? number : throw new FormatException($"'{OneLine.From(text)}' is no figure of a run");
    }
}
