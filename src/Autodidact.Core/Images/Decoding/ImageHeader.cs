namespace Autodidact.Images;

/// <summary>Reads the header of an encoded image in managed code, before the image library sees it.</summary>
/// <param name="Format">The format.</param>
/// <param name="Bytes">The bytes to decode: the file, or a copy without what its pixels do not need.</param>
/// <param name="Cost">What decoding it costs at most.</param>
internal sealed record ImageHeader(ImageFormat Format, byte[] Bytes, ImageCost Cost)
{
    /// <summary>Reads the header and checks it against the limits.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="limits">Limits.</param>
    /// <exception cref="ImageDecodeException">The header is damaged, beyond a limit or of an unknown format.</exception>
    public static ImageHeader Read(byte[] bytes, DecodeLimits limits)
    {
        var format = ImageFormats.Detect(bytes);
        var pictureBytes = bytes.Length;
        var (kept, cost) = format switch
        {
            ImageFormat.Jpeg => Jpeg(bytes, limits, out pictureBytes),
            ImageFormat.Png => PngHeader.Read(bytes, limits),
            ImageFormat.Webp => WebpHeader.Read(bytes, limits),
            ImageFormat.Gif => (bytes, GifHeader.Read(bytes, limits)),
            ImageFormat.Tiff => TiffHeader.Read(bytes, limits),
            ImageFormat.Bmp => (bytes, BmpDecoder.Cost(bytes, limits)),
            _ => throw new ImageDecodeException(ImageFormats.NotAnImage),
        };
        limits.CheckCost(cost, pictureBytes);
        return new ImageHeader(format, kept, cost);
    }

    private static (byte[] Bytes, ImageCost Cost) Jpeg(byte[] bytes, DecodeLimits limits, out int pictureBytes)
    {
        var header = JpegHeader.Read(bytes, limits);
        pictureBytes = header.PictureBytes;
        var (start, length) = header.Exif;
        if (ExifBlock.Harmless(bytes.AsSpan(start, length)) is not { } exif)
            return (bytes, header.Cost);
        byte[] copy = [.. bytes];
        exif.CopyTo(copy, start);
        return (copy, header.Cost);
    }
}
