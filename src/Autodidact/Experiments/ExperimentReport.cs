using System.Globalization;
using System.Text;
using Autodidact.Options;

namespace Autodidact.Experiments;

/// <summary><c>results.md</c>: for each figure mean and spread of every variant and its paired difference from the baseline; then what it cost.</summary>
public static class ExperimentReport
{
    private const string NotAvailable = "n/a";

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>The report.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="rows">Its rows.</param>
    public static string Markdown(Experiment experiment, IReadOnlyList<ResultRow> rows)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(rows);
        var file = experiment.File;
        var text = new StringBuilder();
        text.Append(Invariant, $"# {file.Name}\n\n");
        text.Append(Invariant, $"{rows.Count} of {experiment.Cells.Count} runs: {file.Variants.Count} variants, seeds {string.Join(", ", file.Seeds)}. ");
        text.Append("A seed varies encoder, clusters and student together. Each table gives mean ± standard deviation over seeds, and the mean difference from\n");
        text.Append(Invariant, $"`{file.Baseline}` over the seeds both have, with its 95 % confidence interval (Student's t, paired); {NotAvailable} where fewer than two seeds tell.\n");
        for (var m = 0; m < experiment.Metrics.Count; m++) AppendMetric(text, experiment, rows, m);
        AppendSize(text, experiment, rows);
        AppendCost(text, file, rows);
        return text.ToString();
    }

    private static void AppendMetric(StringBuilder text, Experiment experiment, IReadOnlyList<ResultRow> rows, int metric)
    {
        var (column, file) = (experiment.Metrics[metric], experiment.File);
        var scale = column.IsFraction ? 100 : 1;
        var baseline = Values(rows, file.Baseline, metric, scale);
        var unit = column.IsFraction ? " (%)" : "";
        text.Append(Invariant, $"\n## {column.Name}\n\n");
        text.Append(Invariant, $"| variant | n | mean ± sd{unit} | difference{(column.IsFraction ? " (points)" : "")} | 95 % interval | pairs |\n| --- | --- | --- | --- | --- | --- |\n");
        foreach (var variant in file.Variants)
        {
            var values = Values(rows, variant.Name, metric, scale);
            var sample = Sample.Of(values.Values);
            text.Append(Invariant, $"| {Marked(experiment, variant.Name)} | {sample.Count} | {Number(sample.Mean, column)} ± {Number(sample.Deviation, column)} | ");
            if (variant.Name == file.Baseline)
            {
                text.Append("baseline | | |\n");
                continue;
            }

            var difference = Sample.Paired(values, baseline);
            var interval = difference.Interval is { } half
                ? $"{Signed(difference.Mean - half, column)} to {Signed(difference.Mean + half, column)}"
                : NotAvailable;
            text.Append(Invariant, $"{Signed(difference.Mean, column)} | {interval} | {difference.Count} |\n");
        }
    }

    private static void AppendSize(StringBuilder text, Experiment experiment, IReadOnlyList<ResultRow> rows)
    {
        text.Append("\n## Size\n\nTo the deepest exit.\n\n| variant | parameters | multiply-accumulates |\n| --- | --- | --- |\n");
        foreach (var variant in experiment.File.Variants)
        {
            var row = rows.FirstOrDefault(r => r.Variant == variant.Name);
            text.Append(Invariant, $"| {Marked(experiment, variant.Name)} | {Whole(row?.Parameters)} | {Whole(row?.Macs)} |\n");
        }
    }

    private static void AppendCost(StringBuilder text, ExperimentFile file, IReadOnlyList<ResultRow> rows)
    {
        var total = rows.Sum(r => r.Seconds.Values.Sum());
        text.Append(Invariant, $"\n## Cost\n\n{Durations.Brief(TimeSpan.FromSeconds(total))} ({total:0} s) of computing in all; a stage that several runs share counts once, in the run that computed it.\n\n");
        text.Append("| run | ").AppendJoin(" | ", ResultRow.Stages.Select(s => $"{s} (s)")).Append(" |\n| ---");
        foreach (var _ in ResultRow.Stages) text.Append(" | ---");
        text.Append(" |\n");
        foreach (var row in rows)
        {
            text.Append(Invariant, $"| {row.Variant}, seed {row.Seed} | ");
            text.AppendJoin(" | ", ResultRow.Stages.Select(s => row.From.TryGetValue(s, out var from)
                ? $"from {from}"
                : row.Seconds.TryGetValue(s, out var seconds) ? seconds.ToString("0.0", Invariant) : NotAvailable));
            text.Append(" |\n");
        }

        var (first, last) = (rows.Min(r => r.Time), rows.Max(r => r.Time));
        text.Append(Invariant, $"\nMeasured {first.UtcDateTime:yyyy-MM-dd HH:mm} to {last.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        text.Append(Invariant, $" on {string.Join("; ", rows.Select(r => r.Hardware).Where(h => h.Length > 0).Distinct().DefaultIfEmpty("unknown hardware"))}");
        text.Append(Invariant, $"; commit {string.Join(", ", rows.Select(r => r.Commit).Where(c => c.Length > 0).Distinct().DefaultIfEmpty("unknown"))}.\n");
    }

    /// <summary>An upper bound must not pass for a result without labels.</summary>
    private static string Marked(Experiment experiment, string variant) =>
        experiment.Cells.Any(c => c.Variant == variant && c.Options.Distill.AllowLabels) ? $"{variant} (labels)" : variant;

    private static Dictionary<ulong, double> Values(IReadOnlyList<ResultRow> rows, string variant, int metric, double scale) =>
        rows.Where(r => r.Variant == variant && r.Metrics[metric] is not null).ToDictionary(r => r.Seed, r => scale * r.Metrics[metric]!.Value);

    private static string Number(double? value, MetricColumn column) => value?.ToString(column.IsFraction ? "0.00" : "G6", Invariant) ?? NotAvailable;

    private static string Signed(double? value, MetricColumn column) => value is { } v
        ? (v >= 0 ? "+" : "") + v.ToString(column.IsFraction ? "0.00" : "G6", Invariant)
        : NotAvailable;

    private static string Whole(double? value) => value?.ToString("#,0", Invariant) ?? NotAvailable;
}
