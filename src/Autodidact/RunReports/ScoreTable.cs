using Autodidact.Runs;

namespace Autodidact.RunReports;

/// <summary>A column of the table of results.</summary>
/// <param name="Header">Text above it.</param>
/// <param name="Leaves">When it leaves a table that is too wide: the highest number leaves first, 0 never leaves.</param>
/// <param name="Cell">A row's cell.</param>
internal sealed record ScoreColumn(string Header, int Leaves, Func<ScoreRow, string> Cell);

/// <summary>
/// The table of results: one row for each representation, from raw pixels to the ensemble, one column for each score and cost.
/// </summary>
internal static class ScoreTable
{
    /// <summary>Columns in order: every score that has one, then the costs.</summary>
    public static readonly IReadOnlyList<ScoreColumn> Columns =
    [
        .. Score.All.Where(score => score.About.Column > 0)
            .GroupBy(score => score.About.Header)
            .OrderBy(group => group.First().About.Column)
            .Select(Column),
        new("params", 0, row => Figures.Short(row.Parameters)),
        new("MACs", 0, row => Figures.Short(row.Macs)),
        new("images/s", 2, row => Figures.Rate(row.ImagesPerSecond)),
    ];

    /// <summary>Explanations of the columns of scores. Columns of one explanation share it.</summary>
    public static string Legend { get; } = string.Join("; ", Score.All
        .Where(score => score.About is { Column: > 0, Legend: not null })
        .OrderBy(score => score.About.Column)
        .GroupBy(score => score.About.Legend, score => score.About.Header)
        .Select(same => $"{string.Join(", ", same.Distinct())}: {same.Key}"));

    /// <summary>The rows of a run's results.</summary>
    /// <param name="summary">Results of a run.</param>
    public static IEnumerable<ScoreRow> Rows(Summary summary)
    {
        if (summary.RawPixels is { } pixels) yield return new ScoreRow("raw pixels", pixels);
        if (summary.Untrained is { } untrained) yield return new ScoreRow("untrained encoder", untrained);
        if (summary.Pretrain is not null || summary.Cluster is not null)
        {
            // The encoder's row shows the clusters' scores too: they are clusters of its features.
            var scores = Score.Join(summary.Cluster?.Scores ?? new(), summary.Pretrain?.Scores ?? new());
            yield return new ScoreRow(ScoreRow.Encoder, scores)
            {
                Parameters = summary.Pretrain?.Parameters,
                Macs = summary.Pretrain?.Macs,
            };
        }

        var exits = summary.Exits ?? [];
        var deepest = exits.LastOrDefault(exit => !exit.IsEnsemble);
        foreach (var exit in exits)
        {
            yield return new ScoreRow(exit.IsEnsemble ? exit.Exit : $"exit {exit.Exit}", exit.Scores)
            {
                IsExit = !exit.IsEnsemble,
                IsDeepest = exit == deepest,
                Parameters = exit.Parameters,
                Macs = exit.Macs,
                ImagesPerSecond = exit.ImagesPerSecond,
            };
        }
    }

    private static ScoreColumn Column(IEnumerable<Score> sharing)
    {
        Score[] scores = [.. sharing];
        var about = scores[0].About;
        return new(about.Header, about.Leaves, row => Figures.Of(First(row), about.Format));

        double? First(ScoreRow row) => scores.Select(score => score.Read(row.Scores)).FirstOrDefault(value => value is not null);
    }
}
