using Autodidact.RunReports;
using Autodidact.Runs;

namespace Autodidact.Cli.Rendering;

/// <summary>A line of the results, and whether a terminal should stress it.</summary>
internal readonly record struct ResultLine(string Text, bool Highlight = false);

/// <summary>
/// The table at the end of a run: one row for each representation, from raw pixels to the ensemble, and one column for each score.
/// </summary>
internal static class ResultsTable
{
    private const int NameWidth = 18;
    private const int Gap = 2;

    /// <summary>All lines: data and methods, the table, early exits, and how to read them.</summary>
    /// <param name="summary">The measurements.</param>
    /// <param name="data">Name of the data, as the user gave it.</param>
    /// <param name="directory">The run directory.</param>
    /// <param name="width">Columns of text there is room for.</param>
    public static IReadOnlyList<ResultLine> Render(Summary summary, string data, string directory, int width)
    {
        var lines = new List<ResultLine> { new("") };
        lines.AddRange(Columns.Lines(RunDescription.Rows(summary, data, directory), width).Select(text => new ResultLine(text)));
        var rows = ScoreTable.Rows(summary).ToList();
        if (rows.Count == 0) return lines;
        var columns = Fit(rows, width);
        lines.Add(new(""));
        lines.Add(new(Line("", columns.Select(column => (column.Header, column.Width)))));
        lines.Add(new(new string('-', NameWidth + columns.Sum(column => column.Width))));
        foreach (var row in rows) lines.Add(new(Line(row.Name, columns.Select(column => (column.Cell(row), column.Width))), row.IsDeepest));
        lines.Add(new(""));
        string?[] footer =
        [
            .. RunDescription.EarlyExits(summary),
            RunDescription.Legend(summary),
            columns.Count < ScoreTable.Columns.Count ? "Some columns do not fit here; summary.json has them all." : null,
        ];
        lines.AddRange(footer.OfType<string>().SelectMany(text => Columns.Wrap(text, width)).Select(text => new ResultLine(text)));
        return lines;
    }

    private static List<(string Header, int Width, Func<ScoreRow, string> Cell)> Fit(List<ScoreRow> rows, int width)
    {
        var columns = ScoreTable.Columns
            .Select(column => (
                column.Header,
                column.Leaves,
                Width: Gap + rows.Select(row => column.Cell(row).Length).Append(column.Header.Length).Max(),
                column.Cell))
            .ToList();
        while (NameWidth + columns.Sum(column => column.Width) > width && columns.MaxBy(column => column.Leaves) is { Leaves: > 0 } leaving)
            columns.Remove(leaving);
        return [.. columns.Select(column => (column.Header, column.Width, column.Cell))];
    }

    private static string Line(string name, IEnumerable<(string Text, int Width)> cells) =>
        name.PadRight(NameWidth) + string.Concat(cells.Select(cell => cell.Text.PadLeft(cell.Width)));
}
