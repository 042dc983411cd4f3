namespace Autodidact.Images;

/// <summary>Limits for a single image. A larger image is refused before it is decoded.</summary>
internal sealed record DecodeLimits
{
    /// <summary>Largest number of pixels of one image, as its header announces it.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>Largest encoded size of one image in bytes.</summary>
    public int MaxBytes { get; init; } = 128 * 1024 * 1024;
}
