namespace Autodidact.Views;

/// <summary>Gaussian blur with reflected borders, standard deviation uniform in a range (SimCLR, arXiv 2002.05709, appendix A).</summary>
public sealed record GaussianBlur
{
    /// <summary>Smallest standard deviation in pixels of the view.</summary>
    public double SigmaMin { get; init; } = 0.1;

    /// <summary>Largest standard deviation in pixels of the view.</summary>
    public double SigmaMax { get; init; } = 2;

    /// <summary>Kernel length as a fraction of the view's size; see <see cref="KernelSize"/>.</summary>
    public double KernelFraction { get; init; } = 0.1;

    /// <summary>How often the blur is applied.</summary>
    public double Probability { get; init; } = 0.5;

    /// <summary>
    /// Kernel length in pixels: the fraction of the size rounded down, made odd by adding one, at least 3 (so 3 at 32 px, 23 at 224 px).
    /// </summary>
    /// <param name="size">Side of the view in pixels.</param>
    public int KernelSize(int size) => Math.Max(3, (int)(KernelFraction * size) | 1);
}
