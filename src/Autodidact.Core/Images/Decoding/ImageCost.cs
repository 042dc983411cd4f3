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

    /// <summary>Bytes that a decoder holds which hands on one strip of rows after the other.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="bytesPerPixel">Bytes of a decoded pixel.</param>
    public static long Strips(long width, long height, long bytesPerPixel)
    {
        // Shrinking reads up to about a thousand rows for one row of its result.
        const int Rows = 1024;
        return Math.Min(height, Rows) * width * bytesPerPixel;
    }
}
