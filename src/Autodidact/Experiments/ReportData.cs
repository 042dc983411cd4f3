using System.Globalization;
using Autodidact.Runs;

namespace Autodidact.Experiments;

/// <summary>The rows of an experiment as tables and figures need them: fractions in percent, differences of fractions in points.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record ReportData(Experiment Experiment, IReadOnlyList<ResultRow> Rows)
{
    public const string NotAvailable = "n/a";

    /// <summary>The scores of one exit each that have a table of all exits, with its title.</summary>
    public static readonly (string Figure, string Title)[] ExitFigures = [.. Score.Charted.Select(score =>
        (score.Name, score.About.Title!))];

    /// <summary>
    /// Figures that say how large an exit is. They do not vary from seed to seed, so they have no mean and no difference.
    /// </summary>
    public static readonly string[] SizeFigures = ["parameters", "macs"];

    /// <summary>Names of the variants, in order.</summary>
    public IEnumerable<string> Variants => Experiment.File.Variants.Select(v => v.Name);

    /// <summary>Name of the variant the others are compared with.</summary>
    public string Baseline => Experiment.File.Baseline;

    /// <summary>Name of a variant, with a mark where it is trained on labels.</summary>
    public string Label(string variant) => UsesLabels(variant) ? $"{variant} (labels)" : variant;

    /// <summary>Whether anything of a variant is trained on labels, as an upper bound is.</summary>
    public bool UsesLabels(string variant) =>
        Experiment.Cells.Any(c => c.Variant == variant && (c.Options.Distill.AllowLabels || c.Options.Pretrain.AllowLabels));

    /// <summary>Values of a figure by seed.</summary>
    public Dictionary<ulong, double> Values(string variant, MetricColumn metric)
    {
        var column = Experiment.Metrics.TakeWhile(m => m != metric).Count();
        var scale = metric.IsFraction ? 100 : 1;
        return Rows.Where(r => r.Variant == variant && r.Metrics[column] is not null)
            .ToDictionary(r => r.Seed, r => scale * r.Metrics[column]!.Value);
    }

    /// <summary>Mean and spread of a figure.</summary>
    public Sample Of(string variant, MetricColumn metric) => Sample.Of(Values(variant, metric).Values);

    /// <summary>Paired difference of a variant from the baseline.</summary>
    public Sample Difference(string variant, MetricColumn metric) => Sample.Paired(Values(variant, metric), Values(Baseline, metric));

    /// <summary>Paired difference that a comparison asks for.</summary>
    public Sample Difference(ExperimentComparison comparison) => Sample.Paired(
        Values(comparison.Variant, Metric(comparison.Metric)),
        Values(comparison.Against, Metric(comparison.AgainstMetric ?? comparison.Metric)));

    /// <summary>A metric by name.</summary>
    public MetricColumn Metric(string name) => Experiment.Metrics.First(m => m.Name == name);

    /// <summary>The metrics that are this figure of an exit, shallowest first, all exits together last.</summary>
    public IReadOnlyList<MetricColumn> Exits(string figure) =>
    [
        .. Experiment.Metrics.Where(m => m.Exit is not null && m.Figure == figure).DistinctBy(m => m.Exit)
            .OrderBy(m => m.Exit == ExitSummary.Ensemble ? int.MaxValue : int.Parse(m.Exit!, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Whether a figure is wanted of several exits, so that they have a table together.</summary>
    public bool HasExitTable(string figure) => Exits(figure).Count(m => m.Exit != ExitSummary.Ensemble) > 1;

    /// <summary>The metrics with a table of their own: those that no table of all exits and no table of sizes holds.</summary>
    public IEnumerable<MetricColumn> Single() => Experiment.Metrics.Where(m => m.Exit is null
        || (!SizeFigures.Contains(m.Figure) && !(ExitFigures.Any(f => f.Figure == m.Figure) && HasExitTable(m.Figure!))));

    /// <summary>Name of an exit in a table.</summary>
    public static string ExitName(MetricColumn metric) =>
        metric.Exit == ExitSummary.Ensemble ? ExitSummary.Ensemble : $"exit {metric.Exit}";

    public static string Spread(Sample sample, MetricColumn metric) =>
        $"{Number(sample.Mean, metric)} ± {Number(sample.Deviation, metric)}";

    public static string Interval(Sample sample, MetricColumn metric) => sample is { Mean: { } mean, Interval: { } half }
        ? $"{Signed(mean - half, metric)} to {Signed(mean + half, metric)}"
        : NotAvailable;

    public static string Number(double? value, MetricColumn metric) =>
        value?.ToString(metric.IsFraction ? "0.00" : "G6", CultureInfo.InvariantCulture) ?? NotAvailable;

    public static string Signed(double? value, MetricColumn metric) =>
        value is { } v ? (v >= 0 ? "+" : "") + Number(v, metric) : NotAvailable;

    public static string Whole(double? value) => value?.ToString("#,0", CultureInfo.InvariantCulture) ?? NotAvailable;
}
