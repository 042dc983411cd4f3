namespace Autodidact.Images;

/// <summary>
/// The cost of decoding one picture, told from its header before a decoder sees it. The figures are for the worst content that such a
/// header may have.
/// </summary>
/// <param name="Width">Width in pixels, as stored.</param>
/// <param name="Height">Height in pixels, as stored.</param>
internal readonly record struct ImageCost(long Width, long Height)
{
    /// <summary>Bytes of all decoded pixels.</summary>
    public long DecodedBytes { get; init; }

    /// <summary>Bytes that the decoder holds at once.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Processor time in nanoseconds, on a processor of about 3 GHz.</summary>
    public double Nanoseconds { get; init; }

    /// <summary>Bytes that are held while a picture is decoded and shrunk strip by strip.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="bytesPerPixel">Bytes of a decoded pixel.</param>
    /// <param name="alpha">Whether it has alpha: shrinking it takes floating point.</param>
    /// <param name="converted">Whether samples of 16 bits or more, or colours that are not RGB, are converted on the way.</param>
    public static long Strips(long width, long height, long bytesPerPixel, bool alpha, bool converted = false)
    {
        // Measured: however high a picture is, shrinking holds no more rows of it than these.
        const long Rows = 1400;
        const int AlphaFactor = 7;
        const double ConvertedFactor = 4.5;
        var strips = Math.Min(alpha ? AlphaFactor * height : height, Rows) * width * bytesPerPixel;
        return converted ? (long)(strips * ConvertedFactor) : strips;
    }
}
