using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Distillation;

/// <summary>Settings of <see cref="DataDistortionLoss"/>.</summary>
public sealed record DataDistortionOptions
{
    /// <summary>Weight of each view's cross entropy with the pseudo-label.</summary>
    [Description("weight of each view's cross entropy with the pseudo-label")]
    [Range(0.0, 1e6)]
    public double Hard { get; init; } = 1;

    /// <summary>Weight of the two divergences between the views.</summary>
    [Description("weight of the divergences between the two views")]
    [Range(0.0, 1e6)]
    public double Soft { get; init; } = 1;

    /// <summary>Weight of the discrepancy of the views' mean features.</summary>
    [Description("weight of the squared distance of the two views' mean features")]
    [Range(0.0, 1e6)]
    public double Discrepancy { get; init; } = 5e-4;

    /// <summary>Temperature of both sides of the divergences, which are multiplied by its square.</summary>
    [Description("temperature of both sides of the divergences")]
    [Range(0.01, 1000.0)]
    public double Temperature { get; init; } = 3;
}
