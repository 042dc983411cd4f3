namespace Autodidact.Clustering;

/// <summary>Where k-means starts.</summary>
public enum KMeansInitialization
{
    /// <summary>
    /// Greedy k-means++ on a sample of the rows: each next centroid is drawn in proportion to the squared distance from those chosen, the
    /// best of a few draws.
    /// </summary>
    PlusPlus,

    /// <summary>Rows drawn without repeats.</summary>
    Random,
}
