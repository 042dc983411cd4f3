namespace Autodidact.Clustering;

/// <summary>A finished iteration.</summary>
/// <param name="Restart">Start, from 0.</param>
/// <param name="Iteration">Iteration of the start, from 1.</param>
/// <param name="Inertia">
/// Sum of the distances to the centroids the iteration began with (estimated from the batches in mini-batch mode).
/// </param>
public sealed record KMeansIteration(int Restart, int Iteration, double Inertia)
{
    /// <summary>Rows whose cluster changed.</summary>
    public int Moved { get; init; }

    /// <summary>Fraction of all row-centroid products that were computed; the bounds ruled out the others.</summary>
    public double Evaluated { get; init; } = 1;
}
