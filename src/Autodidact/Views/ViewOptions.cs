using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Options;

namespace Autodidact.Views;

/// <summary>How views are cropped and coloured; the operations are those of <see cref="Views.ViewRecipe"/>.</summary>
public sealed record ViewOptions : IOptionRules
{
    /// <summary>Largest side of a view in pixels.</summary>
    internal const int LargestSize = 1024;

    private static readonly OptionRule[] Rules =
    [
        OptionRule.ReadWhere((ViewOptions o) => o.StartFraction < 1, "{start_fraction} is below 1", "grow_until"),
        OptionRule.ReadWhere((ViewOptions o) => o.Padding == 0, "{padding} is 0", "crop_scale_max"),
        OptionRule.ReadWhere((ViewOptions o) => o.JitterProbability > 0, "{jitter_probability} is above 0", "jitter", "hue"),
        OptionRule.Refuse(
            "crop_scale",
            (ViewOptions o) => o.CropScale > o.CropScaleMax,
            o => FormattableString.Invariant($"{o.CropScale} is more than crop_scale_max, {o.CropScaleMax}: swap them, or set both")),
    ];

    /// <summary>
    /// Side of the views at the end of the training, and of the images evaluated; 0 is the packed images' side, at most 224.
    /// </summary>
    [Description("side of the views in pixels; 0 is the side of the packed images (at most 224)")]
    [Range(0, LargestSize)]
    public int Size { get; init; }

    /// <summary>Side of the views at the start, as a fraction of the final one (progressive resolution).</summary>
    [Description("side of the views at the start, as a fraction of the final side (progressive resolution)")]
    [Range(0.25, 1.0)]
    public double StartFraction { get; init; } = 1;

    /// <summary>Fraction of the training over which the side grows.</summary>
    [Description("fraction of the training after which views have their final side")]
    [Range(0.0, 1.0)]
    public double GrowUntil { get; init; } = 0.8;

    /// <summary>Smallest area of a random resized crop.</summary>
    [Description("smallest area of a random resized crop, as a fraction of the image; 1 is no crop")]
    [Range(0.01, 1.0)]
    public double CropScale { get; init; } = 0.2;

    /// <summary>Largest area of a random resized crop.</summary>
    [Description("largest area of a random resized crop, as a fraction of the image")]
    [Range(0.01, 1.0)]
    public double CropScaleMax { get; init; } = 1;

    /// <summary>How a resized crop is brought to the view's side.</summary>
    [Description("interpolation of the resized crop: bilinear or bicubic")]
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;

    /// <summary>Padding of a padding crop in place of the resized crop, as a fraction of the packed image's side.</summary>
    [Description("padding of a random padding crop, as a fraction of the image's side, in place of the resized crop; 0 is off")]
    [Range(0.0, 0.5)]
    public double Padding { get; init; }

    /// <summary>Probability of a horizontal flip.</summary>
    [Description("probability of a horizontal flip")]
    [Range(0.0, 1.0)]
    public double Flip { get; init; } = 0.5;

    /// <summary>Strength of brightness, contrast and saturation: each factor lies between 1 - s and 1 + s.</summary>
    [Description("colour jitter: strength of brightness, contrast and saturation (factors 1 - s to 1 + s)")]
    [Range(0.0, 2.0)]
    public double Jitter { get; init; } = 0.4;

    /// <summary>Strength of the hue's turn, as a fraction of the circle.</summary>
    [Description("colour jitter: largest turn of the hue, as a fraction of the circle")]
    [Range(0.0, 0.5)]
    public double Hue { get; init; } = 0.1;

    /// <summary>Probability of the colour jitter.</summary>
    [Description("probability of the colour jitter")]
    [Range(0.0, 1.0)]
    public double JitterProbability { get; init; } = 0.8;

    /// <summary>Probability of greyscale.</summary>
    [Description("probability of greyscale")]
    [Range(0.0, 1.0)]
    public double Grayscale { get; init; } = 0.2;

    /// <summary>Probability of a Gaussian blur.</summary>
    [Description("probability of a Gaussian blur, sigma 0.1 to 2")]
    [Range(0.0, 1.0)]
    public double Blur { get; init; }

    /// <summary>Probability of solarisation.</summary>
    [Description("probability of solarisation")]
    [Range(0.0, 1.0)]
    public double Solarize { get; init; }

    /// <summary>Probability of random erasing.</summary>
    [Description("probability of erasing a random rectangle")]
    [Range(0.0, 1.0)]
    public double Erase { get; init; }

    IReadOnlyList<OptionRule> IOptionRules.Rules => Rules;
}
