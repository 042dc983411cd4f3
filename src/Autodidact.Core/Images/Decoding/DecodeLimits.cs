namespace Autodidact.Images;

/// <summary>Limits for a single image. A larger image is refused before it is decoded.</summary>
internal sealed record DecodeLimits
{
    /// <summary>Largest number of pixels of one image, as its header announces it.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>Largest encoded size of one image in bytes.</summary>
    public int MaxBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>Why a file of this size is not read; null where it may be.</summary>
    /// <param name="bytes">Its encoded size.</param>
    internal string? Refuses(long bytes) =>
        bytes == 0 ? "the file is empty" : bytes > MaxBytes ? $"too large: {bytes} bytes, the limit is {MaxBytes} bytes" : null;

    /// <summary>Refuses an image whose header announces too many pixels, or none.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <exception cref="ImageDecodeException">It has too many pixels, or none.</exception>
    internal void CheckPixels(long width, long height)
    {
        if (width < 1 || height < 1)
            throw new ImageDecodeException($"impossible size {width} x {height}");
        if (width > MaxPixels || height > MaxPixels || width * height > MaxPixels)
            throw new ImageDecodeException($"too large: {width} x {height} pixels, the limit is {MaxPixels / 1e6:0.#} megapixels");
    }
}
