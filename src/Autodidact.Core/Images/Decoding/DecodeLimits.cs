namespace Autodidact.Images;

/// <summary>
/// Limits for a single image. They are asked before a decoder sees the image, with figures from its header; a larger image is refused.
/// </summary>
/// <remarks>
/// Real photographs of up to 100 megapixels pass: JPEG, PNG of 8 and 16 bits, TIFF, WebP and GIF; a BMP passes up to 50 megapixels, and a
/// CMYK TIFF up to about 25, because both take more to decode. Small files that ask for much do not pass:
/// time and memory may grow with the file (<see cref="NanosecondsPerByte"/>, <see cref="ExtraBytesPerByte"/>) beyond what every file may
/// cost.
/// </remarks>
internal sealed record DecodeLimits
{
    /// <summary>
    /// Most bytes that all pictures together take while they are decoded, in the whole process. A picture alone always may.
    /// </summary>
    public const long TotalBytes = 1L << 30;

    /// <summary>Largest number of pixels of one image, as its header announces it.</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>Longest side of one image in pixels.</summary>
    public long MaxSide { get; init; } = 1_000_000;

    /// <summary>Largest encoded size of one image in bytes.</summary>
    public int MaxBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>Most samples of one pixel: colours, alpha and further bands.</summary>
    public int MaxSamples { get; init; } = 8;

    /// <summary>Most frames of an animation. Only the first is decoded, but all are listed.</summary>
    public int MaxFrames { get; init; } = 10_000;

    /// <summary>Most scans of a JPEG. Each goes over the whole image.</summary>
    public int MaxScans { get; init; } = 100;

    /// <summary>Most segments of a JPEG before its end: tables, profiles, comments.</summary>
    public int MaxSegments { get; init; } = 4_096;

    /// <summary>Largest colour profile in bytes, unpacked.</summary>
    public int MaxProfileBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Largest Exif block in bytes, and all other metadata that a decoder keeps.</summary>
    public int MaxMetadataBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Most bytes that decoding may take beyond the decoded pixels, whatever the size of the file.</summary>
    public long ExtraBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Further bytes for each byte of the file, up to the bytes of the decoded pixels.</summary>
    public int ExtraBytesPerByte { get; init; } = 32;

    /// <summary>Most processor time that decoding may take by its header, whatever the size of the file.</summary>
    public double Nanoseconds { get; init; } = 7e8;

    /// <summary>Further processor time for each byte of the file.</summary>
    public double NanosecondsPerByte { get; init; } = 400;

    /// <summary>Most processor time, however large the file is; more for many decoded bytes.</summary>
    public double MostNanoseconds { get; init; } = 2e9;

    /// <summary>Processor time that is granted to a large file for each decoded byte, where that is more.</summary>
    public double NanosecondsPerDecodedByte { get; init; } = 4;

    /// <summary>
    /// Time after which a decoder is stopped that takes longer than its header let expect, whatever the machine does beside.
    /// </summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Why a file of this size is not read; null where it may be.</summary>
    /// <param name="bytes">Its encoded size.</param>
    internal string? Refuses(long bytes) =>
        bytes == 0 ? "the file is empty" : bytes < 0 ? $"impossible size {bytes}"
            : bytes > MaxBytes ? $"too large: {bytes} bytes, the limit is {MaxBytes} bytes" : null;

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
        if (Math.Max(width, height) > MaxSide)
            throw new ImageDecodeException($"too long: {width} x {height} pixels, the limit of a side is {MaxSide} pixels");
    }

    /// <summary>Refuses an image that would cost more than a file of its size may.</summary>
    /// <param name="cost">The cost that its header lets expect.</param>
    /// <param name="fileBytes">Its encoded size, without what follows the picture.</param>
    /// <exception cref="ImageDecodeException">It costs too much.</exception>
    internal void CheckCost(ImageCost cost, long fileBytes)
    {
        CheckPixels(cost.Width, cost.Height);
        var mostBytes = cost.DecodedBytes + ExtraBytes + Math.Min(ExtraBytesPerByte * fileBytes, cost.DecodedBytes);
        if (cost.MemoryBytes > mostBytes)
        {
            throw new ImageDecodeException(
                $"suspicious: {cost.Width} x {cost.Height} pixels in {fileBytes} bytes would take {Mb(cost.MemoryBytes)} MB to decode, "
                    + $"the limit for such a file is {Mb(mostBytes)} MB");
        }

        var most = Math.Min(
            Nanoseconds + (NanosecondsPerByte * fileBytes),
            Math.Max(MostNanoseconds, NanosecondsPerDecodedByte * cost.DecodedBytes));
        if (cost.Nanoseconds > most)
        {
            throw new ImageDecodeException(
                $"suspicious: {cost.Width} x {cost.Height} pixels in {fileBytes} bytes would take {Seconds(cost.Nanoseconds)} s to decode, "
                    + $"the limit for such a file is {Seconds(most)} s");
        }
    }

    /// <summary>Refuses a colour profile that is too large.</summary>
    /// <exception cref="ImageDecodeException">It is.</exception>
    internal void CheckProfile(long bytes)
    {
        if (bytes > MaxProfileBytes)
            throw new ImageDecodeException($"its colour profile is larger than {MaxProfileBytes} bytes");
    }

    /// <summary>Refuses metadata that are too large.</summary>
    /// <exception cref="ImageDecodeException">They are.</exception>
    internal void CheckMetadata(long bytes)
    {
        if (bytes > MaxMetadataBytes)
            throw new ImageDecodeException($"its metadata are larger than {MaxMetadataBytes} bytes");
    }

    /// <summary>Refuses an animation of too many frames.</summary>
    /// <exception cref="ImageDecodeException">It has too many.</exception>
    internal void CheckFrames(long frames)
    {
        if (frames > MaxFrames)
            throw new ImageDecodeException($"it has more than {MaxFrames} frames");
    }

    private static long Mb(long bytes) => bytes / 1_000_000;

    private static string Seconds(double nanoseconds) =>
        (nanoseconds / 1e9).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
}
