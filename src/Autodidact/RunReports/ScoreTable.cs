using Autodidact.Runs;

namespace Autodidact.RunReports;

/// <summary>The table of results: one row for each representation, from raw pixels to the ensemble, one column for each measure.</summary>
internal static class ScoreTable
{
    /// <summary>Columns in order: what stands above, how early it leaves where room is short (0 never, the highest first), and a row's cell.</summary>
    public static readonly IReadOnlyList<(string Header, int Leaves, Func<ScoreRow, string> Cell)> Columns =
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

    /// <summary>The rows of what was measured.</summary>
    /// <param name="summary">Results of a run.</param>
    public static IEnumerable<ScoreRow> Rows(Summary summary)
    {
        if (summary.RawPixels is { } pixels) yield return Baseline("raw pixels", pixels);
        if (summary.Untrained is { } untrained) yield return Baseline("untrained encoder", untrained);
        if (summary.Pretrain is not null || summary.Cluster is not null)
            yield return new ScoreRow("encoder")
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
            yield return new ScoreRow(exit.Exit == ExitSummary.Ensemble ? exit.Exit : $"exit {exit.Exit}")
            {
                IsDeepest = exit == deepest,
                Knn = exit.Knn,
                Linear = exit.Linear,
                Accuracy = exit.Accuracy ?? exit.KmeansAccuracy,
                Purity = exit.Purity,
                Nmi = exit.Nmi,
                Ari = exit.Ari,
                Agreement = exit.Agreement,
                Parameters = exit.Parameters,
                Macs = exit.Macs,
                ImagesPerSecond = exit.ImagesPerSecond,
            };
    }

    private static ScoreRow Baseline(string name, RepresentationSummary scores) => new(name)
    {
        Knn = scores.Knn,
        Linear = scores.Linear,
        Accuracy = scores.Accuracy,
        Purity = scores.Purity,
        Nmi = scores.Nmi,
        Ari = scores.Ari,
    };
}
