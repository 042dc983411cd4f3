namespace Autodidact.Clustering;

/// <summary>Settings of <see cref="KMeans"/>.</summary>
public sealed record KMeansOptions
{
    /// <summary>Number of clusters, from 1 to the number of rows.</summary>
    public required int Clusters { get; init; }

    /// <summary>Cosine in place of Euclidean: rows and centroids are L2-normalised, distances are 1 - cosine.</summary>
    public bool Spherical { get; init; }

    /// <summary>Where the centroids start.</summary>
    public KMeansInitialization Initialization { get; init; } = KMeansInitialization.PlusPlus;

    /// <summary>Most Lloyd iterations of a start; in mini-batch mode, most passes over the rows.</summary>
    public int MaxIterations { get; init; } = 100;

    /// <summary>
    /// A start ends when an iteration lowers the inertia by no more than this fraction of it. 0 goes on until no row changes its cluster
    /// or <see cref="MaxIterations"/> is reached.
    /// </summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Starts, of which the one of least inertia counts.</summary>
    public int Restarts { get; init; } = 1;

    /// <summary>Seed of the starts. The result depends on the seed, the rows and the settings, not on the number of threads.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Sets of more rows than this are clustered by mini-batches, smaller ones by full Lloyd iterations.
    /// <see cref="int.MaxValue"/> never uses mini-batches, 0 always.
    /// </summary>
    public int MiniBatchAbove { get; init; } = 262_144;

    /// <summary>Rows of a mini-batch; 0 takes eight rows a cluster, at least 8,192.</summary>
    public int BatchSize { get; init; }

    /// <summary>Threads; 0 takes one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Whether distance bounds may skip products that cannot change the answer. The answer is the same either way: a switch for tests and
    /// benchmarks.
    /// </summary>
    internal bool Prune { get; init; } = true;
}
