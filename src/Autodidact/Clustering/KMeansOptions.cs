namespace Autodidact.Clustering;

/// <summary>Settings of <see cref="KMeans"/>.</summary>
public sealed record KMeansOptions
{
    /// <summary>Number of clusters.</summary>
    public required int Clusters { get; init; }

    /// <summary>Cosine in place of Euclidean: features and centroids are L2-normalised.</summary>
    public bool Spherical { get; init; }

    /// <summary>Most Lloyd iterations.</summary>
    public int MaxIterations { get; init; } = 100;

    /// <summary>Starts, of which the one of least inertia counts.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>Seed of the starts.</summary>
    public ulong Seed { get; init; }
}

/// <summary>A finished iteration.</summary>
/// <param name="Restart">Start, from 0.</param>
/// <param name="Iteration">Iteration of the start, from 1.</param>
/// <param name="Inertia">Sum of squared distances before the update.</param>
public sealed record KMeansIteration(int Restart, int Iteration, double Inertia);
