namespace Autodidact.Views;

/// <summary>
/// Padding crop (He et al. 2015, arXiv 1512.03385, section 4.2): the image is padded on every side and a window of the
/// original height and width is cut at a random place. Where the view's size differs from the image's, the window is then resized.
/// </summary>
public sealed record PaddingCrop
{
    /// <summary>Padding on each side in source pixels.</summary>
    public int Pixels { get; init; } = 4;

    /// <summary>Value of the padding, 0 to 255, the same in all channels.</summary>
    public byte Fill { get; init; }
}
