using Autodidact.Reporting;

namespace Autodidact.RunReports;

/// <summary>Which classes the deepest exit's answers hold, on evaluation images.</summary>
internal static class ConfusionChart
{
    private const int MostRows = 60;
    private const int MostColumns = 40;
    private const int RowHeight = 17;
    private const string Others = "all other classes";

    /// <summary>The chart; null where no labelled image was answered.</summary>
    /// <param name="answers">Cluster answered for each evaluation image.</param>
    /// <param name="classes">The images' classes.</param>
    /// <param name="clusterName">Name of a cluster.</param>
    public static HeatChart? Of(int[] answers, ClassFacts classes, Func<int, string> clusterName)
    {
        var counts = new Dictionary<int, int[]>();
        for (var i = 0; i < answers.Length; i++)
        {
            if (classes.Evaluation[i] < 0) continue;
            if (!counts.TryGetValue(answers[i], out var row)) counts[answers[i]] = row = new int[classes.Names.Count];
            row[classes.Evaluation[i]]++;
        }

        if (counts.Count == 0) return null;
        int[] columns =
        [
            .. Enumerable.Range(0, classes.Names.Count).OrderByDescending(c => counts.Values.Sum(row => row[c])).Take(MostColumns).Order(),
        ];
        var folded = columns.Length < classes.Names.Count;

        // Clusters of one class together, the purest first, so that the classes lie along the diagonal.
        int[] rows =
        [
            .. counts.OrderByDescending(c => c.Value.Sum()).ThenBy(c => c.Key).Take(MostRows)
                .OrderBy(c => Array.IndexOf(c.Value, c.Value.Max()))
                .ThenByDescending(c => c.Value.Max() / (double)c.Value.Sum())
                .Select(c => c.Key),
        ];
        var cells = new List<int[]>();
        for (var r = 0; r < rows.Length; r++)
        {
            var row = counts[rows[r]];
            for (var c = 0; c < columns.Length; c++)
            {
                if (row[columns[c]] > 0) cells.Add([r, c, row[columns[c]]]);
            }

            var rest = row.Sum() - columns.Sum(c => row[c]);
            if (rest > 0) cells.Add([r, columns.Length, rest]);
        }

        var note = string.Join("; ", new[]
        {
            "a row is what an answer of the deepest exit holds; the stronger the colour, the larger the share",
            rows.Length < counts.Count ? $"the {rows.Length} commonest of {counts.Count} answers" : null,
            folded ? $"the {columns.Length} commonest of {classes.Names.Count} classes" : null,
        }.OfType<string>());
        return new HeatChart(
            "Clusters and classes",
            "Table of colours: share of each class among the evaluation images that were given a cluster.",
            [.. rows.Select(clusterName)],
            [.. columns.Select(c => classes.Names[c]), .. folded ? [Others] : Array.Empty<string>()],
            cells)
        {
            Wide = true,
            Height = 150 + (RowHeight * rows.Length),
            Note = note,
        };
    }
}
