using Autodidact.Reporting;
using Autodidact.Runs;

namespace Autodidact.RunReports;

/// <summary>Several runs side by side as one page.</summary>
internal static class ComparisonPage
{
    /// <summary>The page.</summary>
    /// <param name="comparison">The runs.</param>
    public static string Render(RunComparison comparison)
    {
        var page = new HtmlPage("Comparison of runs") { Subtitle = string.Join(" · ", comparison.Names) };
        string[] header = ["", .. comparison.Names];
        var figures = comparison.FigureRows().Select(row => (string[])[row.Name, .. row.Cells]).ToList();
        var options = comparison.OptionRows().Select(row => (string[])[row.Name, .. row.Cells]).ToList();
        if (figures.Count > 0) page.Add("figures", "Figures", HtmlPage.Table("What was measured", header, figures));
        page.Add(
            "options",
            "Options that differ",
            options.Count > 0
                ? HtmlPage.Table("Options that differ", header, options, numbers: false)
                : HtmlPage.Paragraph("None: the runs were given the same options."));
        var runs = comparison.Names.Zip(comparison.Runs, (name, run) => (Name: name, Run: run)).ToList();
        var costs = Score.Charted.Select(score => CostCharts.OfRuns(runs.Select(r => (r.Name, r.Run.Summary)), score));
        if (costs.OfType<PlotChart>().ToList() is { Count: > 0 } found) page.Add("cost", "What accuracy costs", page.Charts(found));
        var metrics = runs.Select(r => (r.Name, Metrics: Metrics(r.Run.Path))).ToList();
        PlotChart?[] curves =
        [
            Curve(
                "k-NN monitor of pre-training",
                "pretrain",
                new("accuracy", ValueFormat.Percent),
                e => e.Metrics.TryGetValue("knn", out var knn) ? knn : null),
            Curve("Loss of pre-training", "pretrain", new("loss", ValueFormat.Number), e => e.Loss),
            Curve("Loss of distillation", "distill", new("loss", ValueFormat.Number), e => e.Loss),
        ];
        if (curves.OfType<PlotChart>().ToList() is { Count: > 0 } drawn) page.Add("curves", "Training", page.Charts(drawn));
        return page.ToString();

        PlotChart? Curve(string title, string stage, ChartAxis y, Func<MetricsEntry, double?> value)
        {
            PlotSeries[] series =
            [
                .. metrics.Select(m => new PlotSeries(m.Name, CurveCharts.Points(m.Metrics, stage, value))).Where(s => s.Points.Count > 0),
            ];
            return series.Length == 0
                ? null
                : new PlotChart(title, $"Line chart: {title} by step, a line for each run.", new("step", ValueFormat.Count), y, series);
        }
    }

    private static IReadOnlyList<MetricsEntry> Metrics(string run) =>
        new RunPaths(run).Metrics is var path && File.Exists(path) ? [.. MetricsLog.Read(path)] : [];
}
