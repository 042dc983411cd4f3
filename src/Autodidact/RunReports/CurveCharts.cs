using System.Globalization;
using System.Text.RegularExpressions;
using Autodidact.Reporting;
using Autodidact.Runs;

namespace Autodidact.RunReports;

/// <summary>Curves of a training stage: loss and its parts, rate, monitors.</summary>
internal static partial class CurveCharts
{
    private static readonly ChartAxis Step = new("step", ValueFormat.Count);

    // Monitors that belong together, in the order they are shown; what no group names is a part of the loss.
    private static readonly (string Title, string Label, ChartAxis Y, (string Metric, string Name)[] Series)[] Monitors =
    [
        (
            "k-NN monitor",
            "k-NN accuracy on held-out training images",
            new("accuracy", ValueFormat.Percent),
            [("knn", "k-NN, held-out images")]),
        (
            "Effective rank",
            "how many directions the features use",
            new("dimensions", ValueFormat.Number),
            [("effective_rank", "effective rank")]),
        (
            "Deviation of the features",
            "deviation a dimension; at zero the encoder has collapsed",
            new("deviation x √d", ValueFormat.Number),
            [("deviation", "mean"), ("smallest_deviation", "smallest")]),
        (
            "Alignment and uniformity",
            "lower is better in both",
            new("", ValueFormat.Number),
            [("alignment", "alignment"), ("uniformity", "uniformity")]),
    ];

    /// <summary>Charts of a stage; none where nothing was logged.</summary>
    /// <param name="metrics">Logged steps of all stages.</param>
    /// <param name="stage">Name of the stage.</param>
    public static IEnumerable<PlotChart> Of(IReadOnlyList<MetricsEntry> metrics, string stage)
    {
        List<MetricsEntry> entries = [.. metrics.Where(m => m.Stage == stage)];
        if (entries.Count == 0) yield break;
        var loss = new ChartAxis("loss", ValueFormat.Number);
        if (Chart("Loss", "loss by step", loss, [("loss", Points(entries, e => e.Loss))]) is { } whole) yield return whole;
        HashSet<string> names = [.. entries.SelectMany(e => e.Metrics.Keys)];
        foreach (var (title, label, y, series) in Monitors)
        {
            if (Chart(title, label, y, [.. series.Select(s => (s.Name, Points(entries, s.Metric)))]) is { } monitor) yield return monitor;
            names.ExceptWith(series.Select(s => s.Metric));
        }

        var exits = names.Select(name => ExitMetric().Match(name)).Where(m => m.Success).ToLookup(m => m.Groups["what"].Value);
        foreach (var what in exits)
        {
            var title = string.Concat(char.ToUpperInvariant(what.Key[0]).ToString(), Readable(what.Key)[1..]);
            var agreement = what.Key.EndsWith("agreement", StringComparison.Ordinal);
            var series = what.OrderBy(m => int.Parse(m.Groups["exit"].Value, CultureInfo.InvariantCulture))
                .Select(m => ($"exit {m.Groups["exit"].Value}", Points(entries, m.Value)));
            var axis = agreement ? new ChartAxis("agreement", ValueFormat.Percent) : new ChartAxis(title, ValueFormat.Number);
            if (Chart($"{title}, each exit", $"{title} of each exit by step", axis, [.. series]) is { } chart) yield return chart;
            names.ExceptWith(what.Select(m => m.Value));

            // The same figure without a number is the deepest exit's.
            names.Remove(what.Key);
        }

        var terms = names.Order(StringComparer.Ordinal).Select(n => (Readable(n), Points(entries, n)));
        if (Chart("Parts of the loss", "each term of the loss by step", loss, [.. terms]) is { } parts) yield return parts;
        var rates = ("learning rate", Points(entries, e => e.LearningRate));
        if (Chart("Learning rate", "learning rate by step", new("rate", ValueFormat.Number), [rates]) is { } rate) yield return rate;
    }

    /// <summary>Points of a metric over a stage, for a chart of several runs.</summary>
    /// <param name="metrics">Logged steps of all stages.</param>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="value">The value of a step, null where it has none.</param>
    public static IReadOnlyList<double[]> Points(IEnumerable<MetricsEntry> metrics, string stage, Func<MetricsEntry, double?> value) =>
        Points(metrics.Where(m => m.Stage == stage), value);

    private static IReadOnlyList<double[]> Points(IEnumerable<MetricsEntry> entries, string metric) =>
        Points(entries, e => e.Metrics.TryGetValue(metric, out var found) ? found : null);

    private static IReadOnlyList<double[]> Points(IEnumerable<MetricsEntry> entries, Func<MetricsEntry, double?> value) =>
        PlotScale.Thin([.. entries.Where(e => value(e) is { } v && double.IsFinite(v)).Select(e => new[] { e.Step, value(e)!.Value })]);

    private static PlotChart? Chart(
        string title, string label, ChartAxis y, IReadOnlyList<(string Name, IReadOnlyList<double[]> Points)> series)
    {
        PlotSeries[] drawn = [.. series.Where(s => s.Points.Count > 0).Select(s => new PlotSeries(s.Name, s.Points))];
        return drawn.Length == 0 ? null : new PlotChart(title, $"Line chart: {label}.", Step, y, drawn);
    }

    private static string Readable(string name) => name.Replace('_', ' ');

    [GeneratedRegex("^exit_(?<exit>[0-9]{1,4})_(?<what>.+)$")]
    private static partial Regex ExitMetric();
}
