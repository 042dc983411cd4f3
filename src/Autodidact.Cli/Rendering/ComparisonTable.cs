using Autodidact.RunReports;

namespace Autodidact.Cli.Rendering;

/// <summary>Several runs side by side, one column each: first the options that differ, then every score that one of them has.</summary>
internal static class ComparisonTable
{
    private const int Gap = 2;
    private const int WidestCell = 28;

    /// <summary>All lines. Runs that do not fit beside each other continue below.</summary>
    /// <param name="comparison">The runs.</param>
    /// <param name="width">Columns of text there is room for.</param>
    public static IReadOnlyList<string> Render(RunComparison comparison, int width)
    {
        var rows = new List<(string Name, IReadOnlyList<string> Cells)> { ("", comparison.Names) };
        rows.AddRange(comparison.OptionRows().Select(row => (row.Name, (IReadOnlyList<string>)[.. row.Cells.Select(Short)])));
        var figures = rows.Count;
        rows.AddRange(comparison.FigureRows());
        var nameWidth = rows.Max(row => row.Name.Length);
        int[] widths = [.. comparison.Names.Select((_, run) => Gap + rows.Max(row => row.Cells[run].Length))];

        var lines = new List<string>();
        for (var from = 0; from < widths.Length;)
        {
            var (to, used) = (from, nameWidth);
            while (to < widths.Length && (to == from || used + widths[to] <= width)) used += widths[to++];
            if (from > 0) lines.Add("");
            for (var r = 0; r < rows.Count; r++)
            {
                // The rule separates options from results.
                if (r == figures) lines.Add(new string('-', used));
                lines.Add(rows[r].Name.PadRight(nameWidth) + string.Concat(
                    Enumerable.Range(from, to - from).Select(run => rows[r].Cells[run].PadLeft(widths[run]))));
            }

            from = to;
        }

        return lines;
    }

    private static string Short(string value) => value.Length <= WidestCell ? value : "…" + value[^(WidestCell - 1)..];
}
