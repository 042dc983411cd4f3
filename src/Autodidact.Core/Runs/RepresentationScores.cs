namespace Autodidact.Runs;

/// <summary>
/// Scores of one representation: raw pixels, an encoder, its clusters, an exit. A score that was not measured is null here and absent from
/// <c>summary.json</c>.
/// </summary>
/// <remarks>
/// This record is the only list of scores. A property with its <see cref="ScoreAttribute"/> is a score of the terminal's table, the report,
/// comparisons, experiments, <c>summary.json</c>, its JSON Schema and the reference page. Whoever measures it sets it. The order is that of
/// a row of exits in the file.
/// </remarks>
public sealed record RepresentationScores
{
    /// <summary>Weighted k-NN accuracy.</summary>
    [Score("accuracy of weighted k-nearest neighbours on the features", ScoredRows.Features,
        Better = Better.Higher, Column = 1, Header = "k-NN", Chart = 2, Title = "k-NN")]
    public double? Knn { get; init; }

    /// <summary>Linear probe accuracy.</summary>
    [Score("accuracy of a linear probe on the features", ScoredRows.Features,
        Better = Better.Higher, Column = 2, Header = "linear", Chart = 1, Title = "Linear probe")]
    public double? Linear { get; init; }

    /// <summary>Fraction of held-out images that get the deepest exit's answer.</summary>
    [Score("fraction of held-out images that get the deepest exit's answer", ScoredRows.Exits,
        Better = Better.Higher, Column = 7, Header = "agreement", Leaves = 3, Legend = "with the deepest exit", WithoutLabels = true,
        Title = "Agreement with the deepest exit")]
    public double? Agreement { get; init; }

    /// <summary>Normalised mutual information of clusters and classes.</summary>
    [Score("normalised mutual information of clusters and classes", ScoredRows.Assignments,
        Better = Better.Higher, Column = 5, Header = "NMI", Leaves = 4, Legend = OfTheRunsClusters)]
    public double? Nmi { get; init; }

    /// <summary>Adjusted Rand index of clusters and classes; negative where they fit worse than by chance.</summary>
    [Score("adjusted Rand index of clusters and classes; negative where they fit worse than by chance", ScoredRows.Assignments,
        Minimum = -1, Better = Better.Higher, Column = 6, Header = "ARI", Leaves = 5, Legend = OfTheRunsClusters)]
    public double? Ari { get; init; }

    /// <summary>
    /// Accuracy of the one-to-one map of clusters to classes, of as many clusters as classes: of an exit's answers, else of k-means on the
    /// features.
    /// </summary>
    [Score(
        "accuracy of the one-to-one map of clusters to classes, of as many clusters as classes: "
            + "of an exit's answers, else of k-means on the features",
        ScoredRows.Features | ScoredRows.Clusters,
        Better = Better.Higher, Column = 3, Header = "ACC", Legend = OfAsManyClusters)]
    public double? Accuracy { get; init; }

    /// <summary>Accuracy of the one-to-one map of k-means on an exit's features, with as many clusters as classes.</summary>
    [Score("accuracy of the one-to-one map of k-means on an exit's features, with as many clusters as classes", ScoredRows.Exits,
        Better = Better.Higher, Column = 3, Header = "ACC", Legend = OfAsManyClusters)]
    public double? KmeansAccuracy { get; init; }

    /// <summary>Accuracy when each cluster is named after its most frequent class.</summary>
    [Score("accuracy when each cluster is named after its most frequent class", ScoredRows.Assignments,
        Better = Better.Higher, Column = 4, Header = "purity", Leaves = 1, Legend = OfTheRunsClusters)]
    public double? Purity { get; init; }

    private const string OfTheRunsClusters = "of the run's k";

    private const string OfAsManyClusters =
        "one cluster a class, of as many clusters (k-means of the row's features where the run has another k)";
}
