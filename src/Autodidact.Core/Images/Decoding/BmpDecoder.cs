using System.Buffers.Binary;
using StbImageSharp;

namespace Autodidact.Images;

/// <summary>
/// Windows bitmaps, which libvips does not read. The header is checked here, since the decoder fills a truncated file silently.
/// </summary>
internal static class BmpDecoder
{
    private const int FileHeaderBytes = 14;
    private const int CoreHeaderBytes = 12;
    private const double NanosecondsPerPixel = 15;

    // The decoder holds all pixels twice. No file of 24 bits a pixel within the limit of bytes has as many.
    private const long MostPixels = 50_000_000;

    /// <summary>Reads the header and refuses what the limits forbid or the file cannot hold.</summary>
    public static ImageCost Cost(ReadOnlySpan<byte> bytes, DecodeLimits limits)
    {
        if (bytes.Length < FileHeaderBytes + CoreHeaderBytes)
            throw new ImageDecodeException("BMP: the header is truncated");
        var headerBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes[FileHeaderBytes..]);
        long width, height;
        int bitsPerPixel;
        var compression = 0u;
        if (headerBytes == CoreHeaderBytes)
        {
            width = BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]);
            height = BinaryPrimitives.ReadUInt16LittleEndian(bytes[20..]);
            bitsPerPixel = BinaryPrimitives.ReadUInt16LittleEndian(bytes[24..]);
        }
        else
        {
            if (headerBytes < 40 || bytes.Length < FileHeaderBytes + 40)
                throw new ImageDecodeException("BMP: the header is truncated");
            width = BinaryPrimitives.ReadInt32LittleEndian(bytes[18..]);
            // A negative height means rows from top to bottom.
            height = Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(bytes[22..]));
            bitsPerPixel = BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]);
            compression = BinaryPrimitives.ReadUInt32LittleEndian(bytes[30..]);
        }

        if (width <= 0 || height <= 0 || bitsPerPixel is not (1 or 4 or 8 or 16 or 24 or 32))
            throw new ImageDecodeException("BMP: the header is damaged");
        limits.CheckPixels(width, height);
        if (width * height > MostPixels)
        {
            throw new ImageDecodeException(
                $"BMP: {width} x {height} pixels, the limit is {MostPixels / 1_000_000} megapixels; save it as PNG");
        }

        if (compression is 1 or 2)
            throw new ImageDecodeException("BMP: run-length compression is not supported; save it without compression");
        var dataOffset = BinaryPrimitives.ReadUInt32LittleEndian(bytes[10..]);
        var rowBytes = ((width * bitsPerPixel) + 31) / 32 * 4;
        if (dataOffset + (rowBytes * height) > bytes.Length)
            throw new ImageDecodeException("BMP: the file is truncated");
        return new ImageCost(width, height)
        {
            DecodedBytes = width * height * 4,
            MemoryBytes = (2 * width * height * 4) + ImageCost.Strips(width, height, 4, alpha: true),
            Nanoseconds = width * height * NanosecondsPerPixel,
        };
    }

    /// <summary>Decodes to RGBA, row by row.</summary>
    public static byte[] DecodeRgba(byte[] bytes)
    {
        try
        {
            return ImageResult.FromMemory(bytes, ColorComponents.RedGreenBlueAlpha).Data;
        }
        catch (Exception e) when (e is InvalidOperationException or IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            throw new ImageDecodeException($"BMP: {OneLine.From(e.Message)}", e);
        }
    }
}
