namespace Autodidact.Evaluation;

/// <summary>Settings of the probes.</summary>
internal sealed record ProbeOptions
{
    /// <summary>The nearest-neighbour classifier.</summary>
    public WeightedKnnOptions Knn { get; init; } = new();

    /// <summary>The linear classifier.</summary>
    public LinearProbeOptions Linear { get; init; } = new();

    /// <summary>Whether the clusters of <see cref="ClusterProbe"/> lie on the sphere, as the run's own do.</summary>
    public bool Spherical { get; init; } = true;

    /// <summary>Threads of <see cref="ClusterProbe"/>; 0 is one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>Seed of <see cref="ClusterProbe"/>.</summary>
    public ulong Seed { get; init; }
}
