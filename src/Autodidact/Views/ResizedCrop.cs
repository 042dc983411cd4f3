namespace Autodidact.Views;

/// <summary>How pixels between source pixels are computed. Both filters widen when shrinking (anti-aliasing), as Pillow's do.</summary>
public enum Interpolation
{
    /// <summary>Triangle filter, support 1.</summary>
    Bilinear,

    /// <summary>Cubic convolution with a = -0.5, support 2; the result is clamped to [0, 1].</summary>
    Bicubic,
}

/// <summary>
/// Random resized crop (Szegedy et al. 2015, arXiv 1409.4842; the sampling rule is torchvision's): a box of random area and
/// aspect ratio, resized to the view's size. Ten tries, then the largest central box within the ratio limits.
/// </summary>
public sealed record ResizedCrop
{
    /// <summary>Smallest area as a fraction of the image.</summary>
    public double ScaleMin { get; init; } = 0.08;

    /// <summary>Largest area as a fraction of the image.</summary>
    public double ScaleMax { get; init; } = 1;

    /// <summary>Smallest width / height; drawn uniformly in the logarithm.</summary>
    public double RatioMin { get; init; } = 3.0 / 4;

    /// <summary>Largest width / height.</summary>
    public double RatioMax { get; init; } = 4.0 / 3;

    /// <summary>How the box is brought to the view's size.</summary>
    public Interpolation Interpolation { get; init; } = Interpolation.Bilinear;
}
