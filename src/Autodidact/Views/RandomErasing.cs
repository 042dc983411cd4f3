namespace Autodidact.Views;

/// <summary>
/// Random erasing (Zhong et al. 2017, arXiv 1708.04896): a box of random area and aspect ratio is set to 0 after normalisation,
/// that is, to the mean colour. Ten tries to fit a box, then the view is left as it is.
/// </summary>
public sealed record RandomErasing
{
    /// <summary>How often it is applied.</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>Smallest erased area as a fraction of the view.</summary>
    public double ScaleMin { get; init; } = 0.02;

    /// <summary>Largest erased area as a fraction of the view.</summary>
    public double ScaleMax { get; init; } = 0.33;

    /// <summary>Smallest height / width; drawn uniformly in the logarithm.</summary>
    public double RatioMin { get; init; } = 0.3;

    /// <summary>Largest height / width.</summary>
    public double RatioMax { get; init; } = 3.3;
}
