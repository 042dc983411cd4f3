namespace Autodidact.Views;

/// <summary>
/// Colour jitter: brightness, contrast, saturation and hue, each by a random amount, in a random order (all 24 are equally likely).
/// Values are clamped to [0, 1] after each part, as torchvision does.
/// </summary>
public sealed record ColorJitter
{
    /// <summary>Brightness factor is uniform in [max(0, 1 - b), 1 + b]; 0 leaves it alone.</summary>
    public double Brightness { get; init; }

    /// <summary>Contrast factor, about the mean grey of the view, is uniform in [max(0, 1 - c), 1 + c]; 0 leaves it alone.</summary>
    public double Contrast { get; init; }

    /// <summary>Saturation factor, about each pixel's grey, is uniform in [max(0, 1 - s), 1 + s]; 0 leaves it alone.</summary>
    public double Saturation { get; init; }

    /// <summary>Hue shift in turns is uniform in [-h, h]; at most 0.5; 0 leaves it alone.</summary>
    public double Hue { get; init; }

    /// <summary>How often the jitter is applied at all.</summary>
    public double Probability { get; init; } = 1;
}
