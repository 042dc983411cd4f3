using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Distillation;

/// <summary>
/// Settings of <see cref="SimilarityPreservingLoss"/>; the default is that of the CRD benchmark (Tian et al., ICLR 2020).
/// </summary>
public sealed record SimilarityPreservingOptions
{
    /// <summary>Weight of the loss.</summary>
    [Description("weight of the difference of similarity matrices")]
    [Range(0.0, 1e6)]
    public double Weight { get; init; } = 3000;
}
