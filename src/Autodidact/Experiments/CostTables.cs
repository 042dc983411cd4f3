using Autodidact.Runs;
using System.Globalization;
using System.Text;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Reporting;

namespace Autodidact.Experiments;

/// <summary>What an experiment cost: in all, a variant's student, and run by run.</summary>
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
            $"\n## Cost\n\n{Durations.Brief(TimeSpan.FromSeconds(total))} ({total:0} s) of computing in all; a stage that several runs share counts once, in the run that computed it.\n\n");
        text.Append("Distillation on average: seconds of the runs that computed it, and images seen (epochs × training images).\n");
        MarkdownTable.Append(text, ["variant", "distillation (s)", "images seen"], data.Variants.Select(variant =>
        {
            var own = rows.Where(r => r.Variant == variant).ToList();
            var seconds = Sample.Of(own.Where(r => !r.From.ContainsKey(Distill) && r.Seconds.ContainsKey(Distill)).Select(r => r.Seconds[Distill])).Mean;
            return (IReadOnlyList<string>)[data.Label(variant), Seconds(seconds), ReportData.Whole(Sample.Of(own.Select(r => r.ImagesSeen).OfType<double>()).Mean)];
        }));
        text.Append("\nRun by run.\n");
        MarkdownTable.Append(text, ["run", .. ResultRow.Stages.Select(s => $"{s} (s)")], rows.Select(row => (IReadOnlyList<string>)
        [
            FormattableString.Invariant($"{data.Label(row.Variant)}, seed {row.Seed}"),
            .. ResultRow.Stages.Select(s => row.From.TryGetValue(s, out var from) ? $"from {from}" : Seconds(row.Seconds.TryGetValue(s, out var seconds) ? seconds : null)),
        ]));
        var (first, last) = (rows.Min(r => r.Time), rows.Max(r => r.Time));
        text.Append(
            CultureInfo.InvariantCulture, $"\nMeasured {first.UtcDateTime:yyyy-MM-dd HH:mm} to {last.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        text.Append(CultureInfo.InvariantCulture, $" on {string.Join("; ", rows.Select(r => r.Hardware).Where(h => h.Length > 0).Distinct().DefaultIfEmpty("unknown hardware"))}");
        text.Append(CultureInfo.InvariantCulture, $"; commit {string.Join(", ", rows.Select(r => r.Commit).Where(c => c.Length > 0).Distinct().DefaultIfEmpty("unknown"))}.\n");
    }

    private static string Seconds(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? ReportData.NotAvailable;
}
