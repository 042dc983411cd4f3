using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Distillation;

/// <summary>Settings of <see cref="SimilarityDistillationLoss"/>; the defaults are those of the authors' code.</summary>
public sealed record SimilarityDistillationOptions
{
    /// <summary>Weight of the divergence.</summary>
    [Description("weight of KL(teacher || student) between similarity matrices")]
    [Range(0.0, 1e6)]
    public double Weight { get; init; } = 50;

    /// <summary>Temperature of both sides of the divergence, which is multiplied by its square.</summary>
    [Description("temperature of both sides' similarities")]
    [Range(0.01, 1000.0)]
    public double Temperature { get; init; } = 1;
}
