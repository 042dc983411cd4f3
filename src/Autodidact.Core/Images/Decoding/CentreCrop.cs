using NetVips;

namespace Autodidact.Images;

/// <summary>
/// Cuts a very long picture to its middle before it is resized. Resizing brings the short side to its target and crops afterwards, so one
/// row of 100,000 pixels would first become a picture of gigabytes.
/// </summary>
internal static class CentreCrop
{
    /// <summary>Most pixels of a resized picture, before it is cropped, that are no trouble.</summary>
    public const long EasyPixels = 8_000_000;

    // libvips holds some hundred rows of a picture while it resizes it: at this length they are tens of megabytes.
    private const int EasyLength = 20_000;

    // Enough for the resize, which looks a few pixels beyond the square that is kept.
    private const int Aspect = 16;

    /// <summary>Pixels of the picture after it was resized, before it is cropped.</summary>
    public static double ResizedPixels(long width, long height, int side) =>
        (double)side * side * Math.Max(width, height) / Math.Min(width, height);

    /// <summary>The area that is resized; null if that is the whole picture, as for every ordinary one.</summary>
    /// <param name="width">Width of the picture.</param>
    /// <param name="height">Height of the picture.</param>
    /// <param name="side">Height and width wanted.</param>
    /// <param name="easyPixels">Most pixels of a resized picture that are no trouble.</param>
    public static (int Left, int Top, int Width, int Height)? Area(int width, int height, int side, long easyPixels = EasyPixels)
    {
        var (longer, shorter) = (Math.Max(width, height), Math.Min(width, height));
        if (longer < ((long)Aspect + 2) * shorter)
            return null;
        if (longer <= EasyLength && ResizedPixels(width, height, side) <= easyPixels)
            return null;

        // Whole squares of the shorter side go, as many on one side as on the other. Each becomes a square of the target's side, so every
        // pixel that is kept lies where it would lie without the cut.
        var cut = (longer - (Aspect * shorter)) / (2 * shorter) * shorter;
        var kept = longer - (2 * cut);
        return width > height ? (cut, 0, kept, height) : (0, cut, width, kept);
    }

    /// <summary>Resizes the shorter side to the target and crops the centre.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="side">Height and width wanted, in pixels.</param>
    /// <param name="outputProfile">The colour profile to convert to, or null.</param>
    public static Image Thumbnail(Image image, int side, string? outputProfile = null)
    {
        using var centre = Area(image.Width, image.Height, side) is var (left, top, width, height)
            ? image.ExtractArea(left, top, width, height)
            : null;
        return (centre ?? image).ThumbnailImage(
            side, side, Enums.Size.Both, crop: Enums.Interesting.Centre, outputProfile: outputProfile);
    }
}
