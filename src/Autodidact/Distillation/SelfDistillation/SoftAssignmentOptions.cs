using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Distillation;

/// <summary>The similarity of a feature and a centroid in <see cref="SoftAssignmentLoss"/>.</summary>
public enum CentroidSimilarity
{
    /// <summary>Cosine; what spherical k-means assigns by.</summary>
    Cosine,

    /// <summary>
    /// Negative squared Euclidean distance; what k-means assigns by. Its scale is that of the features, and so is the temperature's.
    /// </summary>
    SquaredDistance,
}

/// <summary>Settings of <see cref="SoftAssignmentLoss"/>.</summary>
public sealed record SoftAssignmentOptions
{
    /// <summary>How near a centroid is.</summary>
    [Description("similarity of feature and centroid: cosine or squared-distance")]
    public CentroidSimilarity Similarity { get; init; } = CentroidSimilarity.Cosine;

    /// <summary>Temperature of the assignment; towards 0 it becomes the nearest centroid alone.</summary>
    [Description("temperature of the assignment to centroids")]
    [Range(1e-6, 1e6)]
    public double Temperature { get; init; } = 0.1;
}
