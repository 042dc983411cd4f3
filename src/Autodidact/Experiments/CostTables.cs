using System.Globalization;
using System.Text;
using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Reporting;
using Autodidact.Runs;

namespace Autodidact.Experiments;

/// <summary>Cost of an experiment: in all, of a variant's student, and run by run.</summary>
internal static class CostTables
{
    private static readonly string Distill = EnumNames.Of(Stage.Distill);

    /// <summary>Appends the tables.</summary>
    public static void Append(StringBuilder text, ReportData data)
    {
        var rows = data.Rows;
        var total = rows.Sum(r => r.Seconds.Values.Sum());
        text.Append(
            CultureInfo.InvariantCulture,
            $"\n## Cost\n\n{Durations.Brief(total)} ({total:0} s) of computing in all.\n");
        text.Append("A stage that several runs share counts once, in the run that computed it.\n\n");
        text.Append("Distillation on average: seconds of the runs that computed it, and images seen (epochs × training images).\n");
        MarkdownTable.Append(text, ["variant", "distillation (s)", "images seen"], data.Variants.Select(variant =>
        {
            var own = rows.Where(r => r.Variant == variant).ToList();
            var computed = own.Where(r => !r.From.ContainsKey(Distill) && r.Seconds.ContainsKey(Distill));
            var seconds = Sample.Of(computed.Select(r => r.Seconds[Distill])).Mean;
            var images = Sample.Of(own.Select(r => r.ImagesSeen).OfType<double>()).Mean;
            return (IReadOnlyList<string>)[data.Label(variant), Seconds(seconds), ReportData.Whole(images)];
        }));
        text.Append("\nRun by run.\n");
        MarkdownTable.Append(text, ["run", .. ResultRow.Stages.Select(s => $"{s} (s)")], rows.Select(row => (IReadOnlyList<string>)
        [
            FormattableString.Invariant($"{data.Label(row.Variant)}, seed {row.Seed}"),
            .. ResultRow.Stages.Select(s => Time(row, s)),
        ]));
        var (first, last) = (rows.Min(r => r.Time), rows.Max(r => r.Time));
        text.Append(
            CultureInfo.InvariantCulture, $"\nMeasured {first.UtcDateTime:yyyy-MM-dd HH:mm} to {last.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        text.Append(CultureInfo.InvariantCulture, $" on {Known(rows.Select(r => r.Hardware), "; ", "unknown hardware")}");
        text.Append(CultureInfo.InvariantCulture, $"; commit {Known(rows.Select(r => r.Commit), ", ", "unknown")}.\n");
    }

    private static string Time(ResultRow row, string stage) => row.From.TryGetValue(stage, out var from)
        ? $"from {from}"
        : Seconds(row.Seconds.TryGetValue(stage, out var seconds) ? seconds : null);

    private static string Known(IEnumerable<string> names, string separator, string unknown) =>
        string.Join(separator, names.Where(name => name.Length > 0).Distinct().DefaultIfEmpty(unknown));

    private static string Seconds(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? ReportData.NotAvailable;
}
