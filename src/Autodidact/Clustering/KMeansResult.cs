using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>
/// A clustering. Distances are squared Euclidean, or 1 - cosine where the clustering is spherical. Disposing it disposes the centroids.
/// </summary>
public sealed class KMeansResult : IDisposable
{
    /// <summary>Centroids, [k, d]; of unit length where the clustering is spherical.</summary>
    public required FeatureMatrix Centroids { get; init; }

    /// <summary>Nearest centroid of each row, the lower number where two are equally near.</summary>
    public required int[] Assignments { get; init; }

    /// <summary>Distance of each row from its centroid.</summary>
    public required float[] Distances { get; init; }

    /// <summary>
    /// Distance to the second-nearest centroid minus that to the nearest, 0 or more; positive infinity where there is one cluster.
    /// </summary>
    public required float[] Margins { get; init; }

    /// <summary>Sum of the distances.</summary>
    public required double Inertia { get; init; }

    /// <summary>Iterations of the start that counts.</summary>
    public required int Iterations { get; init; }

    /// <summary>Inertia at each iteration, before its update of the centroids; <see cref="Inertia"/> is that after the last.</summary>
    public required double[] InertiaHistory { get; init; }

    /// <summary>Rows of each cluster.</summary>
    public required int[] Sizes { get; init; }

    /// <summary>How many times an empty cluster was given a row.</summary>
    public required int RepairedClusters { get; init; }

    /// <summary>The same clustering, with the history of the passes before its start put in front.</summary>
    internal KMeansResult With(List<double> history) => new()
    {
        Centroids = Centroids,
        Assignments = Assignments,
        Distances = Distances,
        Margins = Margins,
        Inertia = Inertia,
        Iterations = history.Count,
        InertiaHistory = [.. history],
        Sizes = Sizes,
        RepairedClusters = RepairedClusters,
    };

    /// <inheritdoc/>
    public void Dispose() => Centroids.Dispose();
}
