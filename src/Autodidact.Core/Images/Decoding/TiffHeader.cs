namespace Autodidact.Images;

/// <summary>The cost of a TIFF: of its first page, in strips or tiles, whose data may lie over one another.</summary>
internal static class TiffHeader
{
    private const int Jpeg = 7;
    private const int Webp = 50001;
    private const int YCbCr = 6;
    private const int Palette = 3;
    private const int Separated = 5;
    private const int Lab = 8;
    private const int LogL = 32844;
    private const int LogLuv = 32845;
    private const int SeparatePlanes = 2;
    private const int MostTileSide = 8_192;
    private const int RowsReadAtOnce = 128;
    private const double NanosecondsPerByte = 1.2;
    private const double NanosecondsPerPackedByte = 4;
    private const double NanosecondsPerStrip = 800;
    private const double NanosecondsPerTile = 10_000;
    private const double NanosecondsPerRow = 300;
    private const double NanosecondsPerWideByte = 0.5;
    private const double AlphaNanoseconds = 5;

    // Colours that are converted pixel by pixel.
    private const double CmykNanoseconds = 60;
    private const double LabNanoseconds = 25;

    /// <summary>Reads the first directory.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="limits">Limits.</param>
    /// <returns>The bytes to decode, which may be the file itself, and the cost.</returns>
    /// <exception cref="ImageDecodeException">It is damaged, or beyond a limit.</exception>
    public static (byte[] Bytes, ImageCost Cost) Read(byte[] bytes, DecodeLimits limits)
    {
        var (directory, alone) = TiffDirectory.Read(bytes, limits);
        var (width, height) = (directory.First(256, 0), directory.First(257, 0));
        limits.CheckPixels(width, height);
        var samples = directory.First(277, 1);
        if (samples < 1 || samples > limits.MaxSamples)
            throw new ImageDecodeException($"TIFF: {samples} samples a pixel, the limit is {limits.MaxSamples}");
        var bits = directory.First(258, 1);
        if (bits is < 1 or > 64)
            throw new ImageDecodeException($"TIFF: {bits} bits a sample");
        var isFloat = directory.First(339, 1) == 3;
        var bytesPerSample = bits <= 8 ? 1 : bits <= 16 && !isFloat ? 2 : bits <= 32 ? 4 : 8;

        // Colours of this kind become RGBA of 8 bits on the way.
        var photometric = directory.First(262, 0);
        var bytesPerPixel = (samples + (photometric == Palette ? 2 : 0)) * bytesPerSample;
        if (photometric == YCbCr)
            bytesPerPixel = Math.Max(4, bytesPerPixel);
        var alpha = directory.Count(338) > 0;
        var parts = directory.Count(322) > 0 || directory.Count(324) > 0
            ? Tiles(directory, width, height, bytesPerPixel)
            : Strips(directory, width, height, bytesPerPixel);
        var (packed, pictureMemory, pictureWork) = Packed(bytes, directory, parts, limits);
        var pixels = width * height;
        var converted = bytesPerSample > 1 || ColourNanoseconds(photometric) > 0;
        return (alone, new ImageCost(width, height)
        {
            DecodedBytes = pixels * bytesPerPixel,
            MemoryBytes = parts.Memory + ImageCost.Strips(width, height, bytesPerPixel, alpha, converted) + pictureMemory,
            Nanoseconds = (parts.Pixels * bytesPerPixel * NanosecondsPerByte) + (packed * NanosecondsPerPackedByte) + pictureWork
                + (parts.Count * parts.Nanoseconds) + (height * NanosecondsPerRow)
                + (bytesPerSample > 1 ? pixels * samples * bytesPerSample * NanosecondsPerWideByte : 0)
                + (alpha ? pixels * AlphaNanoseconds : 0) + (pixels * ColourNanoseconds(photometric)),
        });
    }

    private static double ColourNanoseconds(long photometric) => photometric switch
    {
        Separated => CmykNanoseconds,
        Lab or LogL or LogLuv => LabNanoseconds,
        _ => 0,
    };

    private static Parts Tiles(TiffDirectory directory, long width, long height, long bytesPerPixel)
    {
        var (across, down) = (directory.First(322, 0), directory.First(323, 0));
        if (across is < 1 or > MostTileSide || down is < 1 or > MostTileSide)
            throw new ImageDecodeException($"TIFF: tiles of {across} x {down} pixels");
        var (columns, rows) = ((width + across - 1) / across, (height + down - 1) / down);
        var tile = across * down * bytesPerPixel;

        // The decoder keeps two rows of tiles, and the one that it reads: a JPEG packed as well, with room for twice its size.
        var memory = tile * (Math.Min(2 * (columns + 1), columns * rows) + (directory.First(259, 1) == Jpeg ? 3 : 1));
        return new Parts(324, 325, columns * rows, columns * rows * across * down, memory, across, down, NanosecondsPerTile);
    }

    private static Parts Strips(TiffDirectory directory, long width, long height, long bytesPerPixel)
    {
        var rows = Math.Clamp(directory.First(278, height), 1, height);
        var separate = directory.First(284, 1) == SeparatePlanes;
        var atOnce = rows > RowsReadAtOnce && !separate && directory.First(262, 0) != YCbCr ? 1 : rows;
        var count = (height + rows - 1) / rows * (separate ? directory.First(277, 1) : 1);
        return new Parts(273, 279, count, width * height, 3 * atOnce * width * bytesPerPixel, width, rows, NanosecondsPerStrip);
    }

    /// <summary>
    /// Bytes that are unpacked, each as often as a strip or tile takes them; and the cost of those that are JPEGs or WebPs.
    /// </summary>
    private static (double Bytes, long PictureMemory, double PictureWork) Packed(
        byte[] bytes, TiffDirectory directory, Parts parts, DecodeLimits limits)
    {
        var packed = 0.0;
        var (memory, work) = (0L, 0.0);
        var known = new Dictionary<(long, long), ImageCost>();
        var compression = directory.First(259, 1);
        var offsets = Math.Min(parts.Count, directory.Count(parts.OffsetsTag));
        var counts = directory.Count(parts.CountsTag);
        for (var i = 0L; i < offsets; i++)
        {
            var start = Math.Clamp(directory.Value(parts.OffsetsTag, i), 0, bytes.Length);
            var left = bytes.Length - start;
            var count = i < counts ? directory.Value(parts.CountsTag, i) : left;
            count = count < 0 || count > left ? left : count;
            packed += count;

            // Refused for these alone.
            if (packed * NanosecondsPerPackedByte > limits.Nanoseconds + (limits.NanosecondsPerByte * bytes.Length))
                break;
            if (count == 0 || compression is not (Jpeg or Webp))
                continue;
            if (!known.TryGetValue((start, count), out var cost))
            {
                var part = bytes.AsSpan((int)start, (int)count);
                cost = compression == Jpeg ? JpegHeader.Read(part, limits).Cost : WebpHeader.Read(part.ToArray(), limits).Cost;
                known[(start, count)] = cost;
            }

            // The decoder refuses one that is larger than its place.
            if (cost.Width <= parts.Width && cost.Height <= parts.Height)
                (memory, work) = (Math.Max(memory, cost.MemoryBytes), work + cost.Nanoseconds);
        }

        return (packed, memory, work);
    }

    private readonly record struct Parts(
        int OffsetsTag, int CountsTag, long Count, long Pixels, long Memory, long Width, long Height, double Nanoseconds);
}
