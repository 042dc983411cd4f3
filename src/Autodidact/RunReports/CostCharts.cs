using Autodidact.Inference;
using Autodidact.Reporting;
using Autodidact.Runs;

namespace Autodidact.RunReports;

/// <summary>What accuracy costs: exits beside encoder, untrained encoder and raw pixels, and early exits beside single ones.</summary>
internal static class CostCharts
{
    private static readonly ChartAxis Macs = new("multiply-accumulates of an image", ValueFormat.Short);
    private static readonly ChartAxis Accuracy = new("accuracy", ValueFormat.Percent);
    private static readonly ChartAxis Agreement = new("agreement", ValueFormat.Percent);

    /// <summary>Accuracy of every exit against its cost; where nothing was scored, agreement with the deepest exit.</summary>
    /// <param name="summary">What was measured.</param>
    public static IEnumerable<PlotChart> OfExits(Summary summary)
    {
        List<ScoreRow> rows = [.. ScoreTable.Rows(summary)];
        var charts = new[]
        {
            Chart(rows, "Linear probe against cost", "linear probe accuracy", Accuracy, row => row.Linear),
            Chart(rows, "k-NN against cost", "k-NN accuracy", Accuracy, row => row.Knn),
        }.OfType<PlotChart>().ToList();
        if (charts.Count == 0 && Chart(rows, "Agreement with the deepest exit against cost", "agreement with the deepest exit", Agreement, row => row.Agreement) is { } agreement) charts.Add(agreement);
        return charts;
    }

    /// <summary>One line for each of several runs.</summary>
    /// <param name="runs">Names and results.</param>
    /// <param name="title">Title of the chart.</param>
    /// <param name="score">What is shown of a row.</param>
    public static PlotChart? OfRuns(IEnumerable<(string Name, Summary Summary)> runs, string title, Func<ScoreRow, double?> score)
    {
        PlotSeries[] series = [.. runs.Select(run => Series(run.Name, Exits(ScoreTable.Rows(run.Summary)), score, line: true)).OfType<PlotSeries>()];
        return series.Length == 0 ? null : new PlotChart(title, $"Line chart: {title}, a line for each run.", Macs, Accuracy, series);
    }

    /// <summary>Mean cost of an image against agreement (and accuracy) for every threshold tried, beside the exits alone.</summary>
    /// <param name="model">The exported model.</param>
    public static IEnumerable<PlotChart> OfEarlyExits(ModelManifest model)
    {
        if (model.TradeOffs.Count == 0) yield break;
        yield return Trade("Agreement", Agreement, t => t.Agreement, e => e.Agreement);
        if (model.TradeOffs.Any(t => t.Accuracy is not null)) yield return Trade("Accuracy", Accuracy, t => t.Accuracy, e => e.Accuracy);

        PlotChart Trade(string what, ChartAxis y, Func<TradeOff, double?> trade, Func<ManifestExit, double?> exit)
        {
            TradeOff[] found = [.. model.TradeOffs.Where(t => trade(t) is not null).OrderBy(t => t.MeanMacs)];
            var series = new List<PlotSeries>
            {
                new("early exits", [.. found.Select(t => new[] { t.MeanMacs, trade(t)!.Value })])
                {
                    Names = [.. found.Select(t => $"thresholds {string.Join(", ", t.Thresholds.Select(v => FormattableString.Invariant($"{v:0.###}")))}")],
                    Markers = true,
                },
            };
            ManifestExit[] alone = [.. model.Exits.Where(e => exit(e) is not null)];
            if (alone.Length > 0)
                series.Add(new PlotSeries("one exit for all", [.. alone.Select(e => new[] { e.Macs, exit(e)!.Value })]) { Names = [.. alone.Select(e => $"exit {e.Exit}")], Line = false, Markers = true });
            return new PlotChart($"{what} of early exits", $"{what} on held-out images against the mean cost of an image, for each set of thresholds.", Macs with { Name = "mean multiply-accumulates of an image" }, y, series);
        }
    }

    private static PlotChart? Chart(List<ScoreRow> rows, string title, string what, ChartAxis y, Func<ScoreRow, double?> score)
    {
        PlotSeries?[] series =
        [
            Series("exits", Exits(rows), score, line: true),
            Series(ExitSummary.Ensemble, rows.Where(r => r.Name == ExitSummary.Ensemble), score, line: false),
            Series("encoder", rows.Where(r => r.Name == "encoder"), score, line: false),
        ];
        PlotLevel[] levels = [.. rows.Where(r => r.Macs is null && score(r) is not null).Select(r => new PlotLevel(r.Name, score(r)!.Value))];
        return series[0] is null ? null : new PlotChart(title, $"Chart: {what} of every exit against its multiply-accumulates, beside encoder and baselines.", Macs, y, [.. series.OfType<PlotSeries>()]) { Levels = levels };
    }

    private static IEnumerable<ScoreRow> Exits(IEnumerable<ScoreRow> rows) => rows.Where(r => r.Name.StartsWith("exit ", StringComparison.Ordinal));

    private static PlotSeries? Series(string name, IEnumerable<ScoreRow> rows, Func<ScoreRow, double?> score, bool line)
    {
        ScoreRow[] found = [.. rows.Where(r => r.Macs is not null && score(r) is not null)];
        return found.Length == 0 ? null : new PlotSeries(name, [.. found.Select(r => new double[] { r.Macs!.Value, score(r)!.Value })]) { Names = [.. found.Select(r => r.Name)], Line = line, Markers = true };
    }
}
