using Autodidact.Inference;
using Autodidact.Reporting;
using Autodidact.Runs;

namespace Autodidact.RunReports;

/// <summary>Accuracy against cost: exits beside encoder, untrained encoder and raw pixels, and early exits beside single ones.</summary>
internal static class CostCharts
{
    private static readonly ChartAxis Macs = new("multiply-accumulates of an image", ValueFormat.Short);
    private static readonly ChartAxis Accuracy = new("accuracy", ValueFormat.Percent);
    private static readonly ChartAxis Agreement = new("agreement", ValueFormat.Percent);

    /// <summary>The charted scores of every exit against its cost. Where nothing was scored, those that need no labels.</summary>
    /// <param name="summary">Results of a run.</param>
    public static IReadOnlyList<PlotChart> OfExits(Summary summary)
    {
        List<ScoreRow> rows = [.. ScoreTable.Rows(summary)];
        PlotChart[] charts = [.. Score.Charted.Select(score => Chart(rows, score)).OfType<PlotChart>()];
        return charts.Length > 0
            ? charts
            : [.. Score.All.Where(score => score.About.WithoutLabels).Select(score => Chart(rows, score)).OfType<PlotChart>()];
    }

    /// <summary>One line for each of several runs; null where no run has the score.</summary>
    /// <param name="runs">Names and results.</param>
    /// <param name="score">The score that is shown.</param>
    public static PlotChart? OfRuns(IEnumerable<(string Name, Summary Summary)> runs, Score score)
    {
        var title = $"{score.About.Title} of the exits against cost";
        PlotSeries[] series =
        [
            .. runs.Select(run => Series(run.Name, ScoreTable.Rows(run.Summary).Where(row => row.IsExit), score, line: true))
                .OfType<PlotSeries>(),
        ];
        return series.Length == 0 ? null : new PlotChart(title, $"Line chart: {title}, a line for each run.", Macs, Axis(score), series);
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
                    Names = [.. found.Select(Thresholds)],
                    Markers = true,
                },
            };
            ManifestExit[] alone = [.. model.Exits.Where(e => exit(e) is not null)];
            if (alone.Length > 0)
            {
                series.Add(new PlotSeries("one exit for all", [.. alone.Select(e => new[] { e.Macs, exit(e)!.Value })])
                {
                    Names = [.. alone.Select(e => $"exit {e.Exit}")],
                    Line = false,
                    Markers = true,
                });
            }

            return new PlotChart(
                $"{what} of early exits",
                $"{what} on held-out images against the mean cost of an image, for each set of thresholds.",
                Macs with { Name = "mean multiply-accumulates of an image" },
                y,
                series);
        }

        static string Thresholds(TradeOff trade) =>
            $"thresholds {string.Join(", ", trade.Thresholds.Select(v => FormattableString.Invariant($"{v:0.###}")))}";
    }

    private static PlotChart? Chart(List<ScoreRow> rows, Score score)
    {
        if (Series("exits", rows.Where(row => row.IsExit), score, line: true) is not { } exits) return null;
        PlotSeries?[] beside =
        [
            Series(ExitSummary.Ensemble, rows.Where(row => row.Name == ExitSummary.Ensemble), score, line: false),
            Series(ScoreRow.Encoder, rows.Where(row => row.Name == ScoreRow.Encoder), score, line: false),
        ];
        var label = $"Chart: {score.About.Title} of every exit against its multiply-accumulates, beside encoder and baselines.";
        return new PlotChart($"{score.About.Title} against cost", label, Macs, Axis(score), [exits, .. beside.OfType<PlotSeries>()])
        {
            Levels =
            [
                .. rows.Where(row => row.Macs is null && score.Read(row.Scores) is not null)
                    .Select(row => new PlotLevel(row.Name, score.Read(row.Scores)!.Value)),
            ],
        };
    }

    private static ChartAxis Axis(Score score) =>
        new(score.About.Header, score.About.Format == FigureFormat.Fraction ? ValueFormat.Percent : ValueFormat.Number);

    private static PlotSeries? Series(string name, IEnumerable<ScoreRow> rows, Score score, bool line)
    {
        ScoreRow[] found = [.. rows.Where(row => row.Macs is not null && score.Read(row.Scores) is not null)];
        return found.Length == 0 ? null : new PlotSeries(
            name, [.. found.Select(row => new double[] { row.Macs!.Value, score.Read(row.Scores)!.Value })])
        {
            Names = [.. found.Select(row => row.Name)],
            Line = line,
            Markers = true,
        };
    }
}
