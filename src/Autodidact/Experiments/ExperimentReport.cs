using System.Globalization;
using System.Text;
using Autodidact.Files;
using Autodidact.Reporting;

namespace Autodidact.Experiments;

/// <summary>
/// <c>results.md</c> and the pictures beside it: what each exit reaches and costs, the comparisons asked for, each other figure with its
/// paired difference from the baseline, then what it cost.
/// </summary>
internal static class ExperimentReport
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Writes the report and its pictures.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="rows">Its rows, one at least.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public static void Write(Experiment experiment, IReadOnlyList<ResultRow> rows)
    {
        var data = new ReportData(experiment, rows);
        foreach (var figure in ExperimentFigures.Differences(data).Append(ExperimentFigures.Accuracy(data)).OfType<ExperimentFigure>())
        {
            AtomicFile.WriteText(Path.Combine(experiment.Folder, figure.FileName), figure.Svg);
        }

        AtomicFile.WriteText(experiment.ReportPath, Markdown(experiment, rows));
    }

    /// <summary>The report's text.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="rows">Its rows, one at least.</param>
    public static string Markdown(Experiment experiment, IReadOnlyList<ResultRow> rows)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(rows);
        var data = new ReportData(experiment, rows);
        var text = new StringBuilder();
        AppendIntroduction(text, data);
        foreach (var (figure, title) in ReportData.ExitFigures.Where(f => data.HasExitTable(f.Figure)))
        {
            ExitTables.AppendFigure(text, data, figure, title);
        }

        if (ExperimentFigures.Accuracy(data) is { } accuracy) AppendFigure(text, accuracy);
        ExitTables.AppendSize(text, data);
        ComparisonTable.Append(text, data);
        foreach (var metric in data.Single()) AppendMetric(text, data, metric);
        var differences = ExperimentFigures.Differences(data);
        if (differences.Count > 0) text.Append(Invariant, $"\n## Differences from {data.Label(data.Baseline)}\n");
        foreach (var figure in differences) AppendFigure(text, figure);
        CostTables.Append(text, data);
        return text.ToString();
    }

    private static void AppendIntroduction(StringBuilder text, ReportData data)
    {
        var (experiment, file) = (data.Experiment, data.Experiment.File);
        text.Append(Invariant, $"# {file.Name}\n\n");
        var (runs, variants, seeds) =
            (Plural.Of(experiment.Cells.Count, "run"), Plural.Of(file.Variants.Count, "variant"), string.Join(", ", file.Seeds));
        text.Append(Invariant, $"{data.Rows.Count} of {runs}: {variants}, {(file.Seeds.Count == 1 ? "seed" : "seeds")} {seeds}.\n");
        text.Append("A seed varies encoder, clusters and student together.\n");
        text.Append(Invariant, $"Values are means ± standard deviation over seeds, {ReportData.NotAvailable} where there are too few.\n");
        text.Append(Invariant, $"Differences are those from `{data.Baseline}` over the seeds both have.\n");
        text.Append("They come with the 95 % confidence interval of their mean (Student's t, paired).\n");
        if (data.Variants.Any(data.UsesLabels))
        {
            text.Append("(labels) marks upper bounds: they are trained on labels, and are no result without labels.\n");
        }
    }

    private static void AppendFigure(StringBuilder text, ExperimentFigure figure) =>
        text.Append(Invariant, $"\n![{MarkdownTable.Escape(figure.Title)}]({figure.FileName})\n");

    private static void AppendMetric(StringBuilder text, ReportData data, MetricColumn metric)
    {
        var points = metric.IsFraction ? " (points)" : "";
        var unit = metric switch { { IsDifference: true } => points, { IsFraction: true } => " (%)", _ => "" };
        text.Append(Invariant, $"\n## {metric.Name}\n");
        MarkdownTable.Append(
            text,
            [
                "variant", "n", $"mean ± sd{unit}",
                .. metric.IsDifference ? new[] { "95 % interval of the mean" } : [],
                $"difference{points}", "95 % interval", "pairs",
            ],
            data.Variants.Select(variant =>
            {
                var (sample, difference) = (data.Of(variant, metric), data.Difference(variant, metric));
                return (IReadOnlyList<string>)
                [
                    data.Label(variant),
                    sample.Count.ToString(Invariant),
                    ReportData.Spread(sample, metric),
                    .. metric.IsDifference ? new[] { ReportData.Interval(sample, metric) } : [],
                    .. variant == data.Baseline
                        ? new[] { "baseline", "", "" }
                        :
                        [
                            ReportData.Signed(difference.Mean, metric),
                            ReportData.Interval(difference, metric),
                            difference.Count.ToString(Invariant),
                        ],
                ];
            }));
    }
}
