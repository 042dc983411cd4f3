using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>A clustering. Disposing it disposes the centroids.</summary>
public sealed class KMeansResult : IDisposable
{
    /// <summary>Centroids, [k, d].</summary>
    public required FeatureMatrix Centroids { get; init; }

    /// <summary>Cluster of each row.</summary>
    public required int[] Assignments { get; init; }

    /// <summary>Squared distance of each row from its centroid.</summary>
    public required float[] Distances { get; init; }

    /// <summary>Squared distance to the second-nearest centroid minus that to the nearest.</summary>
    public required float[] Margins { get; init; }

    /// <summary>Sum of the distances.</summary>
    public required double Inertia { get; init; }

    /// <summary>Iterations of the start that counts.</summary>
    public required int Iterations { get; init; }

    /// <summary>Rows of each cluster.</summary>
    public required int[] Sizes { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Centroids.Dispose();
}
