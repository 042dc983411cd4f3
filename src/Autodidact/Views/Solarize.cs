namespace Autodidact.Views;

/// <summary>Solarisation: values at or above the threshold are inverted (BYOL, arXiv 2006.07733, appendix B).</summary>
public sealed record Solarize
{
    /// <summary>Threshold on the [0, 1] scale.</summary>
    public double Threshold { get; init; } = 128 / 255.0;

    /// <summary>How often it is applied.</summary>
    public double Probability { get; init; } = 0.2;
}
