namespace Autodidact.RunReports;

/// <summary>A row of <see cref="ScoreTable"/>; what was not measured is null.</summary>
/// <param name="Name">What is measured: <c>raw pixels</c>, <c>encoder</c>, <c>exit 1</c>.</param>
internal sealed record ScoreRow(string Name)
{
    /// <summary>Whether it is the deepest exit, the model one would ship.</summary>
    public bool IsDeepest { get; init; }

    /// <summary>Weighted k-NN accuracy.</summary>
    public double? Knn { get; init; }

    /// <summary>Linear probe accuracy.</summary>
    public double? Linear { get; init; }

    /// <summary>Accuracy of the one-to-one map of clusters.</summary>
    public double? Accuracy { get; init; }

    /// <summary>Accuracy of the majority map of clusters.</summary>
    public double? Purity { get; init; }

    /// <summary>Normalised mutual information with the classes.</summary>
    public double? Nmi { get; init; }

    /// <summary>Adjusted Rand index with the classes.</summary>
    public double? Ari { get; init; }

    /// <summary>Same answer as the deepest exit.</summary>
    public double? Agreement { get; init; }

    /// <summary>Parameters.</summary>
    public long? Parameters { get; init; }

    /// <summary>Multiply-accumulates of an image.</summary>
    public long? Macs { get; init; }

    /// <summary>Images a second.</summary>
    public double? ImagesPerSecond { get; init; }
}
