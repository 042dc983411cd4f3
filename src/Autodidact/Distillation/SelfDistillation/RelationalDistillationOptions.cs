using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Distillation;

/// <summary>
/// Settings of <see cref="RelationalDistillationLoss"/>; the defaults are those of the CRD benchmark (Tian et al., ICLR 2020) for
/// classification.
/// </summary>
public sealed record RelationalDistillationOptions
{
    /// <summary>Weight of the distances of pairs.</summary>
    [Description("weight of the distances of pairs")]
    [Range(0.0, 1e6)]
    public double Distance { get; init; } = 25;

    /// <summary>Weight of the angles of triplets, whose memory grows with the cube of the batch.</summary>
    [Description("weight of the angles of triplets")]
    [Range(0.0, 1e6)]
    public double Angle { get; init; } = 50;
}
