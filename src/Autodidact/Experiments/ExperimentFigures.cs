using Autodidact.Reporting;
using Autodidact.Runs;

namespace Autodidact.Experiments;

/// <summary>A picture of an experiment.</summary>
/// <param name="FileName">Its file, beside the report.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Svg">The file's text.</param>
internal sealed record ExperimentFigure(string FileName, string Title, string Svg);

/// <summary>Pictures of an experiment: accuracy against cost, and differences from the baseline.</summary>
internal static class ExperimentFigures
{
    private const int MostDifferences = 3;

    /// <summary>
    /// Linear accuracy of each exit against its multiply-accumulates; null where the metrics hold them for fewer than two exits, or no run
    /// has them.
    /// </summary>
    public static ExperimentFigure? Accuracy(ReportData data)
    {
        var cost = data.Exits("macs");
        var exits = data.Exits("linear").Where(e => e.Exit != ExitSummary.Ensemble)
            .Select(e => (Linear: e, Macs: cost.FirstOrDefault(m => m.Exit == e.Exit))).Where(e => e.Macs is not null).ToList();
        if (exits.Count < 2) return null;
        var lines = data.Variants
            .Select(v => (Name: data.Label(v), Points: (IReadOnlyList<LinePoint>)
            [
                .. exits.Select(e => (Linear: data.Of(v, e.Linear), Macs: data.Of(v, e.Macs!)))
                    .Where(e => e is { Linear.Mean: not null, Macs.Mean: not null })
                    .Select(e => new LinePoint(e.Macs.Mean!.Value, e.Linear.Mean!.Value, e.Linear.Deviation)),
            ]))
            .Where(l => l.Points.Count > 0).ToList();
        const string Title = "Linear probe of each exit against its cost";
        return lines.Count == 0 ? null : new ExperimentFigure(
            "accuracy-macs.svg",
            Title,
            LineFigure.Draw(Title, "multiply-accumulates an image (equal ones side by side)", "linear probe (%), mean ± sd", lines));
    }

    /// <summary>Differences from the baseline with intervals, of the first few metrics that have any; sizes are no results.</summary>
    public static IReadOnlyList<ExperimentFigure> Differences(ReportData data) =>
    [
        .. data.Experiment.Metrics.Where(m => m.Exit is null || !ReportData.SizeFigures.Contains(m.Figure))
            .Select(m => (Metric: m, Rows: data.Variants.Where(v => v != data.Baseline).Select(v => Row(data, v, m)).ToList()))
            .Where(f => f.Rows.Any(r => r.Interval is not null)).Take(MostDifferences)
            .Select((f, i) => Differences(data, f.Metric, f.Rows, FormattableString.Invariant($"differences-{i + 1}.svg"))),
    ];

    private static ExperimentFigure Differences(ReportData data, MetricColumn metric, List<ForestRow> rows, string file)
    {
        var title = $"{metric.Name}: difference from {data.Label(data.Baseline)}";
        var direction = metric.About?.Better switch
        {
            Better.Higher => "; higher is better",
            Better.Lower => "; lower is better",
            _ => "",
        };
        var axis = $"mean paired difference{(metric.IsFraction ? " (points)" : "")}, 95 % interval{direction}";
        return new ExperimentFigure(file, title, ForestFigure.Draw(title, axis, rows));
    }

    private static ForestRow Row(ReportData data, string variant, MetricColumn metric)
    {
        var difference = data.Difference(variant, metric);
        var text = $"{ReportData.Signed(difference.Mean, metric)} ({ReportData.Interval(difference, metric)})";
        return new ForestRow(data.Label(variant), difference.Mean, difference.Interval, text);
    }
}
