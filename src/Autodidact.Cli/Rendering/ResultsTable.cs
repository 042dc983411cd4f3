using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Cli.Rendering;

/// <summary>A line of the results, and whether a terminal should stress it.</summary>
internal readonly record struct ResultLine(string Text, bool Highlight = false);

/// <summary>The table that ends a run: one row for each representation, from raw pixels to the ensemble, one column for each measure.</summary>
internal static class ResultsTable
{
    private const int NameWidth = 18;
    private const int Gap = 2;

    // Columns in order; on a narrow terminal those with the highest number leave first, 0 never.
    private static readonly (string Header, int Leaves, Func<Row, string> Cell)[] AllColumns =
    [
        ("k-NN", 0, row => Figures.Percent(row.Knn)),
        ("linear", 0, row => Figures.Percent(row.Linear)),
        ("ACC", 0, row => Figures.Percent(row.Accuracy)),
        ("purity", 1, row => Figures.Percent(row.Purity)),
        ("NMI", 4, row => Figures.Percent(row.Nmi)),
        ("ARI", 5, row => Figures.Percent(row.Ari)),
        ("agreement", 3, row => Figures.Percent(row.Agreement)),
        ("params", 0, row => Figures.Short(row.Parameters)),
        ("MACs", 0, row => Figures.Short(row.Macs)),
        ("images/s", 2, row => Figures.Count(row.ImagesPerSecond)),
    ];

    /// <summary>All lines: what was learned from what, the table, early exits, and how to read it.</summary>
    /// <param name="summary">What was measured.</param>
    /// <param name="data">What the data was named.</param>
    /// <param name="directory">The run directory.</param>
    /// <param name="width">Columns of text there is room for.</param>
    public static IReadOnlyList<ResultLine> Render(Summary summary, string data, string directory, int width)
    {
        var lines = new List<ResultLine> { new("") };
        lines.AddRange(Columns.Lines(ResultsHeader.Rows(summary, data, directory), width).Select(text => new ResultLine(text)));
        var rows = Rows(summary).ToList();
        if (rows.Count == 0) return lines;
        var columns = Fit(rows, width);
        lines.Add(new(""));
        lines.Add(new(Line("", columns.Select(column => (column.Header, column.Width)))));
        lines.Add(new(new string('-', NameWidth + columns.Sum(column => column.Width))));
        foreach (var row in rows) lines.Add(new(Line(row.Name, columns.Select(column => (column.Cell(row), column.Width))), row.IsDeepest));
        lines.Add(new(""));
        lines.AddRange(ResultsHeader.Footer(summary, columns.Count < AllColumns.Length).SelectMany(text => Columns.Wrap(text, width)).Select(text => new ResultLine(text)));
        return lines;
    }

    private static IEnumerable<Row> Rows(Summary summary)
    {
        if (summary.RawPixels is { } pixels) yield return Baseline("raw pixels", pixels);
        if (summary.Untrained is { } untrained) yield return Baseline("untrained encoder", untrained);
        if (summary.Pretrain is not null || summary.Cluster is not null)
            yield return new Row("encoder")
            {
                Knn = summary.Pretrain?.Knn,
                Linear = summary.Pretrain?.Linear,
                Accuracy = summary.Cluster?.Accuracy ?? summary.Pretrain?.Accuracy,
                Purity = summary.Cluster?.Purity,
                Nmi = summary.Cluster?.Nmi,
                Ari = summary.Cluster?.Ari,
                Parameters = summary.Pretrain?.Parameters,
                Macs = summary.Pretrain?.Macs,
            };
        var exits = summary.Exits ?? [];
        var deepest = exits.LastOrDefault(exit => exit.Exit != ExitSummary.Ensemble);
        foreach (var exit in exits)
            yield return new Row(exit.Exit == ExitSummary.Ensemble ? exit.Exit : $"exit {exit.Exit}")
            {
                IsDeepest = exit == deepest,
                Knn = exit.Knn,
                Linear = exit.Linear,
                Accuracy = exit.Accuracy,
                Purity = exit.Purity,
                Nmi = exit.Nmi,
                Ari = exit.Ari,
                Agreement = exit.Agreement,
                Parameters = exit.Parameters,
                Macs = exit.Macs,
                ImagesPerSecond = exit.ImagesPerSecond,
            };
    }

    private static Row Baseline(string name, RepresentationSummary scores) => new(name)
    {
        Knn = scores.Knn,
        Linear = scores.Linear,
        Accuracy = scores.Accuracy,
        Purity = scores.Purity,
        Nmi = scores.Nmi,
        Ari = scores.Ari,
    };

    private static List<(string Header, int Width, Func<Row, string> Cell)> Fit(List<Row> rows, int width)
    {
        var columns = AllColumns
            .Select(column => (column.Header, column.Leaves, Width: Gap + rows.Select(row => column.Cell(row).Length).Append(column.Header.Length).Max(), column.Cell))
            .ToList();
        while (NameWidth + columns.Sum(column => column.Width) > width && columns.MaxBy(column => column.Leaves) is { Leaves: > 0 } leaving) columns.Remove(leaving);
        return [.. columns.Select(column => (column.Header, column.Width, column.Cell))];
    }

    private static string Line(string name, IEnumerable<(string Text, int Width)> cells) =>
        name.PadRight(NameWidth) + string.Concat(cells.Select(cell => cell.Text.PadLeft(cell.Width)));

    private sealed record Row(string Name)
    {
        public bool IsDeepest { get; init; }

        public double? Knn { get; init; }

        public double? Linear { get; init; }

        public double? Accuracy { get; init; }

        public double? Purity { get; init; }

        public double? Nmi { get; init; }

        public double? Ari { get; init; }

        public double? Agreement { get; init; }

        public long? Parameters { get; init; }

        public long? Macs { get; init; }

        public double? ImagesPerSecond { get; init; }
    }
}
