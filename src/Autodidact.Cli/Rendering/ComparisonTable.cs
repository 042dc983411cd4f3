using Autodidact.Cli.Commands;
using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Cli.Rendering;

/// <summary>Several runs side by side: a column each, the options in which they differ, then every figure that one of them has.</summary>
internal static class ComparisonTable
{
    private const int Gap = 2;
    private const int WidestCell = 28;

    /// <summary>All lines. Runs that do not fit beside each other continue below.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="options">Names of the options in which they differ.</param>
    /// <param name="width">Columns of text there is room for.</param>
    public static IReadOnlyList<string> Render(IReadOnlyList<ComparedRun> runs, IReadOnlyList<string> options, int width)
    {
        var rows = new List<(string Name, string[] Cells)> { ("", Names(runs)) };
        rows.AddRange(options.Select(name => (name, runs.Select(run => Short(OptionBinder.Get(run.Options, name))).ToArray())));
        var figures = rows.Count;
        rows.AddRange(Figures(runs).Where(row => row.Cells.Any(cell => cell != Rendering.Figures.Absent)));
        var nameWidth = rows.Max(row => row.Name.Length);
        int[] widths = [.. runs.Select((_, run) => Gap + rows.Max(row => row.Cells[run].Length))];

        var lines = new List<string>();
        for (var from = 0; from < runs.Count;)
        {
            var (to, used) = (from, nameWidth);
            while (to < runs.Count && (to == from || used + widths[to] <= width)) used += widths[to++];
            if (from > 0) lines.Add("");
            for (var r = 0; r < rows.Count; r++)
            {
                // The rule stands between what was asked and what came of it.
                if (r == figures) lines.Add(new string('-', used));
                lines.Add(rows[r].Name.PadRight(nameWidth) + string.Concat(Enumerable.Range(from, to - from).Select(run => rows[r].Cells[run].PadLeft(widths[run]))));
            }

            from = to;
        }

        return lines;
    }

    private static IEnumerable<(string Name, string[] Cells)> Figures(IReadOnlyList<ComparedRun> runs)
    {
        (string Name, string[] Cells) Row(string name, Func<Summary, string> cell) => (name, [.. runs.Select(run => cell(run.Summary))]);
        yield return Row("encoder", s => s.Pretrain?.UsesLabels == true ? Rendering.Figures.UsesLabels : Rendering.Figures.Absent);
        yield return Row("student", s => s.Distill?.UsesLabels == true ? Rendering.Figures.UsesLabels : Rendering.Figures.Absent);
        yield return Row("images to train", s => Rendering.Figures.Count(s.Data?.TrainImages));
        yield return Row("raw pixels k-NN", s => Rendering.Figures.Percent(s.RawPixels?.Knn));
        yield return Row("untrained linear", s => Rendering.Figures.Percent(s.Untrained?.Linear));
        yield return Row("encoder k-NN", s => Rendering.Figures.Percent(s.Pretrain?.Knn));
        yield return Row("encoder linear", s => Rendering.Figures.Percent(s.Pretrain?.Linear));
        yield return Row("clusters", s => Rendering.Figures.Count(s.Cluster?.K));
        yield return Row("clusters purity", s => Rendering.Figures.Percent(s.Cluster?.Purity));
        yield return Row("clusters NMI", s => Rendering.Figures.Percent(s.Cluster?.Nmi));
        foreach (var exit in runs.SelectMany(run => run.Summary.Exits ?? []).Select(e => e.Exit).Distinct())
        {
            var name = exit == ExitSummary.Ensemble ? exit : $"exit {exit}";
            ExitSummary? Of(Summary summary) => summary.Exits?.FirstOrDefault(e => e.Exit == exit);
            yield return Row($"{name} k-NN", s => Rendering.Figures.Percent(Of(s)?.Knn));
            yield return Row($"{name} linear", s => Rendering.Figures.Percent(Of(s)?.Linear));
            yield return Row($"{name} ACC", s => Rendering.Figures.Percent(Of(s)?.Accuracy));
            yield return Row($"{name} purity", s => Rendering.Figures.Percent(Of(s)?.Purity));
            yield return Row($"{name} agreement", s => Rendering.Figures.Percent(Of(s)?.Agreement));
            yield return Row($"{name} params", s => Rendering.Figures.Short(Of(s)?.Parameters));
            yield return Row($"{name} MACs", s => Rendering.Figures.Short(Of(s)?.Macs));
            yield return Row($"{name} images/s", s => Rendering.Figures.Count(Of(s)?.ImagesPerSecond));
        }

        yield return Row("total time", s => s.Seconds?.Total is { } total ? Durations.Brief(TimeSpan.FromSeconds(total)) : Rendering.Figures.Absent);
        yield return Row("peak memory (MB)", s => Rendering.Figures.Count(s.PeakMemoryMb));
    }

    /// <summary>Directory names, or whole paths where two are the same.</summary>
    private static string[] Names(IReadOnlyList<ComparedRun> runs)
    {
        string[] names = [.. runs.Select(run => Path.GetFileName(Path.TrimEndingDirectorySeparator(run.Path)))];
        return names.Distinct().Count() == names.Length && names.All(n => n.Length > 0) ? names : [.. runs.Select(run => run.Path)];
    }

    private static string Short(string value) => value.Length <= WidestCell ? value : "…" + value[^(WidestCell - 1)..];
}
