namespace Autodidact.Evaluation;

/// <summary>Settings of both probes.</summary>
public sealed record ProbeOptions
{
    /// <summary>The nearest-neighbour classifier.</summary>
    public WeightedKnnOptions Knn { get; init; } = new();

    /// <summary>The linear classifier.</summary>
    public LinearProbeOptions Linear { get; init; } = new();
}
