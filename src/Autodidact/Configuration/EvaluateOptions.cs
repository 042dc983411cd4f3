using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Evaluation;

namespace Autodidact.Configuration;

/// <summary>Measurement at the end of a run; nothing here can change a weight.</summary>
public sealed record EvaluateOptions
{
    /// <summary>Images a batch.</summary>
    [Description("images a batch when features are extracted")]
    [Range(1, 65_536)]
    public int BatchSize { get; init; } = 250;

    /// <summary>Weighted k-NN.</summary>
    public WeightedKnnOptions Knn { get; init; } = new();

    /// <summary>Linear probe.</summary>
    public LinearProbeOptions Linear { get; init; } = new();
}
