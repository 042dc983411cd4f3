using System.Text;
using Autodidact.Reporting;

namespace Autodidact.Experiments;

/// <summary>The table of the comparisons an experiment asks for.</summary>
internal static class ComparisonTable
{
    /// <summary>Appends the table; nothing where no comparison is asked for.</summary>
    public static void Append(StringBuilder text, ReportData data)
    {
        var comparisons = data.Experiment.File.Comparisons;
        if (comparisons.Count == 0) return;
        text.Append("\n## Comparisons\n\nThe first minus the second, paired by seed, in points where the figures are fractions.\n");
        text.Append("The verdict says whether the 95 % interval leaves zero out.\n");
        string[] header = ["comparison", "first", "second", "difference", "95 % interval", "pairs", "verdict"];
        MarkdownTable.Append(text, header, comparisons.Select(comparison =>
        {
            var (difference, metric) = (data.Difference(comparison), data.Metric(comparison.Metric));
            return (IReadOnlyList<string>)
            [
                MarkdownTable.Escape(comparison.Name),
                $"{data.Label(comparison.Variant)}: {metric.Name}",
                $"{data.Label(comparison.Against)}: {comparison.AgainstMetric ?? metric.Name}",
                ReportData.Signed(difference.Mean, metric),
                ReportData.Interval(difference, metric),
                FormattableString.Invariant($"{difference.Count}"),
                Verdict(difference),
            ];
        }));
    }

    /// <summary>Whether an interval leaves zero out, and on which side.</summary>
    public static string Verdict(Sample difference) => difference is not { Mean: { } mean, Interval: { } half } ? ReportData.NotAvailable
        : mean - half > 0 ? "above zero"
        : mean + half < 0 ? "below zero"
        : "not told apart";
}
