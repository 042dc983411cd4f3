using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Autodidact.Views;

/// <summary>Settings of every second view of an image, for methods whose views differ: BYOL, Barlow Twins and VICReg.</summary>
public sealed record SecondViewOptions
{
    /// <summary>Probability of a Gaussian blur; null is that of the first view.</summary>
    [Description("probability of a Gaussian blur of every second view; unset is that of the first")]
    [Range(0.0, 1.0)]
    public double? Blur { get; init; }

    /// <summary>Probability of solarisation; null is that of the first view.</summary>
    [Description("probability of solarisation of every second view; unset is that of the first")]
    [Range(0.0, 1.0)]
    public double? Solarize { get; init; }
}
