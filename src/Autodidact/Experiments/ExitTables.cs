using System.Globalization;
using System.Text;
using Autodidact.Reporting;

namespace Autodidact.Experiments;

/// <summary>The tables with a column an exit: what it reaches, how that differs from the baseline, and how large it is.</summary>
internal static class ExitTables
{
    /// <summary>Appends the tables of a figure of all exits.</summary>
    public static void AppendFigure(StringBuilder text, ReportData data, string figure, string title)
    {
        var exits = data.Exits(figure);
        List<string> header = ["variant", .. exits.Select(ReportData.ExitName)];
        var samples = data.Variants.Select(variant => (
            Variant: variant,
            Exits: exits.Select(e => (Exit: e, Value: data.Of(variant, e), Difference: data.Difference(variant, e))).ToList())).ToList();
        var most = samples.Max(v => v.Exits.Max(e => e.Value.Count));
        string Few(int count) => count == most || count == 0 ? "" : FormattableString.Invariant($" (n = {count})");
        text.Append(CultureInfo.InvariantCulture, $"\n## {title} of each exit\n\nMean ± sd (%), n = {most} where nothing else is said.\n");
        MarkdownTable.Append(text, header, samples.Select(v =>
            (IReadOnlyList<string>)[data.Label(v.Variant), .. v.Exits.Select(e => Spread(e.Value, e.Exit))]));
        text.Append(CultureInfo.InvariantCulture, $"\nDifference from `{data.Baseline}` (points) and its 95 % interval.\n");
        MarkdownTable.Append(text, header, samples.Where(v => v.Variant != data.Baseline).Select(v =>
            (IReadOnlyList<string>)[data.Label(v.Variant), .. v.Exits.Select(e => Difference(e.Difference, e.Exit))]));

        string Spread(Sample value, MetricColumn exit) =>
            value.Count == 0 ? ReportData.NotAvailable : ReportData.Spread(value, exit) + Few(value.Count);

        string Difference(Sample difference, MetricColumn exit) => difference.Count == 0
            ? ReportData.NotAvailable
            : $"{ReportData.Signed(difference.Mean, exit)} ({ReportData.Interval(difference, exit)}){Few(difference.Count)}";
    }

    /// <summary>
    /// Appends how large the exits are: those among the metrics, else the deepest alone. Variants of the same sizes share a row.
    /// </summary>
    public static void AppendSize(StringBuilder text, ReportData data)
    {
        List<(string Name, Func<string, double?> Of)> columns =
        [
            .. Size("parameters", "parameters", r => r.Parameters),
            .. Size("macs", "MACs", r => r.Macs),
        ];
        var rows = data.Variants
            .Select(v => (Label: data.Label(v), Sizes: columns.Select(c => ReportData.Whole(c.Of(v))).ToList()))
            .GroupBy(v => string.Join('|', v.Sizes));
        text.Append("\n## Size\n\nWhat running to an exit needs; a MAC is one multiply-accumulate for one image.\n");
        MarkdownTable.Append(
            text,
            ["variants", .. columns.Select(c => c.Name)],
            rows.Select(same => (IReadOnlyList<string>)[string.Join(", ", same.Select(v => v.Label)), .. same.First().Sizes]));

        IEnumerable<(string, Func<string, double?>)> Size(string figure, string name, Func<ResultRow, double?> deepest) =>
            data.Exits(figure) is { Count: > 0 } exits
                ? exits.Select(e => ($"{name}, {ReportData.ExitName(e)}", (Func<string, double?>)(variant => data.Of(variant, e).Mean)))
                :
                [
                    (
                        $"{name}, deepest exit",
                        variant => data.Rows.FirstOrDefault(r => r.Variant == variant) is { } row ? deepest(row) : null),
                ];
    }
}
