using System.Runtime.InteropServices;
using NetVips;

namespace Autodidact.Images;

/// <summary>
/// Decodes JPEG, PNG, WebP, GIF, TIFF (libvips) and BMP (StbImageSharp) under limits and brings them to one square size. Thread-safe.
/// </summary>
/// <remarks>
/// In this order: header read and checked against the limits; a turn in memory awaited; decoded (a truncated file is refused, not filled
/// with grey); EXIF orientation applied; embedded colour profiles and CMYK converted to sRGB; 16 bits scaled to 8; shorter side resized to
/// the target (antialiased Lanczos-3); centre crop; alpha flattened on white; grey spread to RGB. An image that already has the target size
/// keeps its exact pixels.
/// </remarks>
/// <param name="limits">Limits for each image; the default limits if left out.</param>
internal sealed class ImageDecoder(DecodeLimits? limits = null)
{
    /// <summary>Changes whenever the same file would decode to other pixels, so that cached packs are not reused.</summary>
    internal const int Version = 1;

    private const string OrientationField = "orientation";
    private const string ProfileField = "icc-profile-data";
    private const double HeavyNanoseconds = 2e8;

    // libvips keeps one error text for all threads. A failed image is therefore decoded once more, alone, so that its reason is its own
    // and the same in every run.
    private static readonly ReaderWriterLockSlim _errorText = new();

    private readonly DecodeLimits _limits = limits ?? new DecodeLimits();

    /// <summary>Decodes, resizes the shorter side to <paramref name="side"/> and crops the centre.</summary>
    /// <param name="encoded">The encoded file.</param>
    /// <param name="side">Height and width wanted, in pixels.</param>
    /// <exception cref="ImageDecodeException">The image is damaged, too large or of an unknown format.</exception>
    public DecodedImage Decode(ReadOnlyMemory<byte> encoded, int side) => DecodeCancellable(encoded, side, CancellationToken.None);

    /// <summary>Decodes as <see cref="Decode"/> does, for as long as the image is wanted.</summary>
    /// <param name="encoded">The encoded file.</param>
    /// <param name="side">Height and width wanted, in pixels.</param>
    /// <param name="cancellationToken">Stops the wait for memory, and the decoding of a large image.</param>
    /// <exception cref="ImageDecodeException">The image is damaged, too large or of an unknown format.</exception>
    public DecodedImage DecodeCancellable(ReadOnlyMemory<byte> encoded, int side, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        cancellationToken.ThrowIfCancellationRequested();
        var header = ReadHeader(encoded);
        using var turn = Enter(header.Cost, side, cancellationToken);
        if (!IsHeavy(header))
            return Guarded(header, () => DecodeOnce(header, side, CancellationToken.None), CancellationToken.None);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(_limits.MaxTime);
        try
        {
            return Guarded(header, () => DecodeOnce(header, side, stop.Token), stop.Token);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new ImageDecodeException($"it takes longer than {_limits.MaxTime.TotalSeconds:0} s to decode");
        }
    }

    /// <summary>Resizes and crops pixels that are already decoded, the same way as <see cref="Decode"/>.</summary>
    /// <param name="raw">Grey or RGB pixels.</param>
    /// <param name="side">Height and width wanted, in pixels.</param>
    /// <exception cref="ImageDecodeException">The pixels do not fit the announced size, or it is beyond the limits.</exception>
    public DecodedImage Resize(RawImage raw, int side) => ResizeCancellable(raw, side, CancellationToken.None);

    /// <summary>Resizes as <see cref="Resize"/> does, unless the image is no longer wanted before its turn.</summary>
    /// <param name="raw">Grey or RGB pixels.</param>
    /// <param name="side">Height and width wanted, in pixels.</param>
    /// <param name="cancellationToken">Stops the wait for memory.</param>
    /// <exception cref="ImageDecodeException">The pixels do not fit the announced size, or it is beyond the limits.</exception>
    public DecodedImage ResizeCancellable(RawImage raw, int side, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        if (raw.Channels is not (1 or 3))
            throw new ImageDecodeException($"{raw.Channels} channels: only grey (1) and RGB (3) are supported");
        _limits.CheckPixels(raw.Width, raw.Height);
        if (raw.Pixels.Length != (long)raw.Height * raw.Width * raw.Channels)
            throw new ImageDecodeException($"{raw.Pixels.Length} bytes do not hold {raw.Height} x {raw.Width} x {raw.Channels} pixels");
        var bytes = 3L * raw.Height * raw.Width;
        using var turn = Enter(new ImageCost(raw.Width, raw.Height) { DecodedBytes = bytes, MemoryBytes = bytes }, side, cancellationToken);
        var pixels = raw.Channels == 3 ? raw.Pixels.ToArray() : SpreadGrey(raw.Pixels.Span);
        if (raw.Height == side && raw.Width == side)
            return new DecodedImage(pixels, side, side);
        VipsRuntime.EnsureStarted();
        try
        {
            return ShrinkPixels(pixels, raw.Height, raw.Width, 3, side);
        }
        catch (VipsException e)
        {
            throw new ImageDecodeException(Reason(e), e);
        }
    }

    /// <summary>Reads height and width from the header (EXIF orientation applied), without decoding the pixels.</summary>
    /// <param name="encoded">The encoded file.</param>
    /// <exception cref="ImageDecodeException">The header is damaged, too large or of an unknown format.</exception>
    public (int Height, int Width) Measure(ReadOnlyMemory<byte> encoded)
    {
        var header = ReadHeader(encoded);
        return Guarded(header, () => MeasureOnce(header), CancellationToken.None);
    }

    private ImageHeader ReadHeader(ReadOnlyMemory<byte> encoded)
    {
        if (_limits.Refuses(encoded.Length) is { } reason)
            throw new ImageDecodeException(reason);
        var bytes = MemoryMarshal.TryGetArray(encoded, out var array) && array.Offset == 0 && array.Count == array.Array!.Length
            ? array.Array
            : encoded.ToArray();
        return ImageHeader.Read(bytes, _limits);
    }

    /// <summary>Waits until the memory may be taken that decoding and resizing a picture need.</summary>
    private static IDisposable Enter(ImageCost cost, int side, CancellationToken cancellationToken)
    {
        var resized = Math.Min(CentreCrop.ResizedPixels(cost.Width, cost.Height, side), CentreCrop.EasyPixels)
            * cost.DecodedBytes / (cost.Width * cost.Height);
        var bytes = cost.MemoryBytes + (2 * (long)resized) + (3L * side * side);
        var turn = DecodeGate.Process.Enter(bytes, cancellationToken);
        try
        {
            MemoryLeft.Check(bytes);
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>Whether decoding takes long enough to be watched, and too long to be done again for the sake of its error's text.</summary>
    private static bool IsHeavy(ImageHeader header) => header.Cost.Nanoseconds > HeavyNanoseconds;

    private static T Guarded<T>(ImageHeader header, Func<T> work, CancellationToken stop)
    {
        VipsRuntime.EnsureStarted();
        _errorText.EnterReadLock();
        try
        {
            return work();
        }
        catch (VipsException e)
        {
            stop.ThrowIfCancellationRequested();
            if (IsHeavy(header))
                throw new ImageDecodeException($"{ImageFormats.Name(header.Format)}: damaged or truncated", e);

            // The second attempt below reports it, without other threads' errors in the text.
        }
        finally
        {
            _errorText.ExitReadLock();
        }

        _errorText.EnterWriteLock();
        try
        {
            return work();
        }
        catch (VipsException e)
        {
            throw new ImageDecodeException(Reason(e), e);
        }
        finally
        {
            _errorText.ExitWriteLock();
        }
    }

    private (int Height, int Width) MeasureOnce(ImageHeader header)
    {
        if (header.Format == ImageFormat.Bmp)
            return ((int)header.Cost.Height, (int)header.Cost.Width);
        using var image = Open(header);
        return OrientedSize(image);
    }

    private DecodedImage DecodeOnce(ImageHeader header, int side, CancellationToken stop)
    {
        if (header.Format == ImageFormat.Bmp)
        {
            return ShrinkPixels(BmpDecoder.DecodeRgba(header.Bytes), (int)header.Cost.Height, (int)header.Cost.Width, 4, side);
        }

        int height, width;
        bool hasProfile;
        using (var image = Open(header))
        {
            (height, width) = OrientedSize(image);
            if (IsFinished(image, side))
                return new DecodedImage(Fetch(image), height, width);
            hasProfile = image.Contains(ProfileField);
        }

        return Shrink(header, side, height, width, hasProfile, stop);
    }

    private Image Open(ImageHeader header, int shrink = 1)
    {
        // The loader is named, not searched for: faster, and no other loader can be reached.
        const Enums.Access access = Enums.Access.Sequential;
        const Enums.FailOn failOn = Enums.FailOn.Error;
        var bytes = header.Bytes;
        var image = header.Format switch
        {
            ImageFormat.Jpeg => Image.JpegloadBuffer(bytes, shrink: shrink, access: access, failOn: failOn),
            ImageFormat.Png => Image.PngloadBuffer(bytes, access: access, failOn: failOn),
            ImageFormat.Webp => Image.WebploadBuffer(bytes, access: access, failOn: failOn),
            ImageFormat.Gif => Image.GifloadBuffer(bytes, access: access, failOn: failOn),
            ImageFormat.Tiff => Image.TiffloadBuffer(bytes, access: access, failOn: failOn),
            _ => throw new ArgumentOutOfRangeException(nameof(header), header.Format, "libvips does not decode it"),
        };
        try
        {
            _limits.CheckPixels(image.Width, image.Height);
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    private DecodedImage Shrink(ImageHeader header, int side, int height, int width, bool hasProfile, CancellationToken stop)
    {
        // Decoding at a fraction of the size is what makes large photographs cheap; at least twice the target is left for the resize.
        var shrink = header.Format != ImageFormat.Jpeg ? 1
            : (Math.Min(height, width) / side) switch { >= 16 => 8, >= 8 => 4, >= 4 => 2, _ => 1 };
        if (hasProfile)
        {
            try
            {
                return Convert("srgb");
            }
            catch (VipsException) when (!stop.IsCancellationRequested)
            {
                // A damaged colour profile does not make the picture unusable: read it as if it had none. Damaged pixels fail again.
            }
        }

        return Convert(null);

        DecodedImage Convert(string? outputProfile)
        {
            using var image = Open(header, shrink);
            using var watch = stop.UnsafeRegister(static state => ((Image)state!).SetKill(true), image);
            using var small = CentreCrop.Thumbnail(image, side, outputProfile);
            return new DecodedImage(ToRgb(small, side), height, width);
        }
    }

    private static DecodedImage ShrinkPixels(byte[] pixels, int height, int width, int channels, int side)
    {
        using var image = Image.NewFromMemory(pixels, width, height, channels, Enums.BandFormat.Uchar);
        using var tagged = image.Copy(interpretation: Enums.Interpretation.Srgb);
        using var small = CentreCrop.Thumbnail(tagged, side);
        return new DecodedImage(ToRgb(small, side), height, width);
    }

    /// <summary>
    /// Whether the image needs no resizing and no conversion but from grey to RGB. Small data sets take this way, in a third of the time of
    /// the full one.
    /// </summary>
    private static bool IsFinished(Image image, int side) =>
        image.Width == side && image.Height == side && image.Format == Enums.BandFormat.Uchar
        && (image.Bands, image.Interpretation) is (3, Enums.Interpretation.Srgb) or (1, Enums.Interpretation.Bw)
        && !image.Contains(ProfileField) && Orientation(image) <= 1;

    /// <summary>All pixels, decoded in this thread: starting libvips' own threads costs more than a small image.</summary>
    private static byte[] Fetch(Image image)
    {
        using var region = Region.New(image);
        var pixels = region.Fetch(0, 0, image.Width, image.Height);
        return image.Bands == 1 ? SpreadGrey(pixels) : pixels;
    }

    private static int Orientation(Image image) => image.Contains(OrientationField) ? (int)image.Get(OrientationField) : 1;

    private static (int Height, int Width) OrientedSize(Image image) =>
        Orientation(image) is >= 5 and <= 8 ? (image.Width, image.Height) : (image.Height, image.Width);

    private static byte[] ToRgb(Image image, int side)
    {
        var steps = new List<Image>();
        try
        {
            var current = image;
            if (current.Interpretation != Enums.Interpretation.Srgb || current.Format != Enums.BandFormat.Uchar)
                steps.Add(current = current.Colourspace(Enums.Interpretation.Srgb));
            if (current.HasAlpha())
                steps.Add(current = current.Flatten(background: [255, 255, 255]));
            if (current.Format != Enums.BandFormat.Uchar)
                steps.Add(current = current.Cast(Enums.BandFormat.Uchar));
            if (current.Bands != 3 || current.Width != side || current.Height != side)
                throw new ImageDecodeException($"unsupported colours: {image.Bands} bands, {image.Interpretation}");
            return current.WriteToMemory<byte>();
        }
        finally
        {
            steps.ForEach(step => step.Dispose());
        }
    }

    private static byte[] SpreadGrey(ReadOnlySpan<byte> grey)
    {
        var rgb = new byte[grey.Length * 3];
        for (var i = 0; i < grey.Length; i++)
            rgb[3 * i] = rgb[(3 * i) + 1] = rgb[(3 * i) + 2] = grey[i];
        return rgb;
    }

    private static string Reason(VipsException e)
    {
        var reason = OneLine.From(e.InnerException?.Message ?? e.Message);
        return reason.Length == 0 ? "cannot be decoded" : reason;
    }
}
