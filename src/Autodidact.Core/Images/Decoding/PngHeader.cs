using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Autodidact.Images;

/// <summary>
/// The cost of a PNG, and a copy without the chunks that do not matter to its pixels: texts, which may unpack to gigabytes, and whatever
/// else a decoder would keep.
/// </summary>
internal static class PngHeader
{
    private const int SignatureBytes = 8;
    private const int FrameBytes = 12;
    private const int HeaderEnd = SignatureBytes + FrameBytes + 13;
    private const double NanosecondsPerByte = 1.5;
    private const double NanosecondsPerRow = 300;
    private const double AlphaNanoseconds = 5;
    private const double InterlaceNanoseconds = 8;

    /// <summary>Reads all chunks.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="limits">Limits.</param>
    /// <returns>The bytes to decode, which may be the file itself, and the cost.</returns>
    /// <exception cref="ImageDecodeException">It is damaged, or beyond a limit.</exception>
    public static (byte[] Bytes, ImageCost Cost) Read(byte[] bytes, DecodeLimits limits)
    {
        if (bytes.Length < HeaderEnd || !bytes.AsSpan(SignatureBytes + 4, 4).SequenceEqual("IHDR"u8))
            throw new ImageDecodeException("PNG: the header is truncated");
        var cost = Cost(bytes, transparent: false, limits);
        var copy = new MemoryStream();
        var seen = new HashSet<uint>();
        var at = SignatureBytes;
        var from = 0;
        while (at + FrameBytes <= bytes.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            if (at + FrameBytes + (long)length > bytes.Length)
                break;
            var next = at + FrameBytes + (int)length;
            var type = bytes.AsSpan(at + 4, 4);
            var replaced = Inspect(type, bytes.AsSpan(at + 8, (int)length), seen, limits);
            if (type.SequenceEqual("tRNS"u8))
                cost = Cost(bytes, transparent: true, limits);
            if (replaced is not null)
            {
                copy.Write(bytes.AsSpan(from, at - from));
                copy.Write(replaced);
                from = next;
            }

            at = next;
        }

        if (from == 0)
            return (bytes, cost);
        copy.Write(bytes.AsSpan(from));
        return (copy.ToArray(), cost);
    }

    /// <summary>The bytes that stand in the place of a chunk: none if it is left out, null if it stays.</summary>
    private static byte[]? Inspect(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data, HashSet<uint> seen, DecodeLimits limits)
    {
        var optional = (type[0] & 0x20) != 0;
        if (!optional)
            return null;
        if (!Matters(type) || !seen.Add(BinaryPrimitives.ReadUInt32BigEndian(type)))
            return [];
        if (type.SequenceEqual("iCCP"u8))
            limits.CheckProfile(UnpackedBytes(data, limits.MaxProfileBytes));
        return type.SequenceEqual("eXIf"u8) && ExifBlock.Harmless(data) is { } exif ? Chunk("eXIf"u8, exif) : null;
    }

    /// <summary>Whether pixels may depend on an optional chunk: transparency, colours, orientation.</summary>
    private static bool Matters(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("tRNS"u8) || type.SequenceEqual("gAMA"u8) || type.SequenceEqual("cHRM"u8) || type.SequenceEqual("sRGB"u8)
        || type.SequenceEqual("iCCP"u8) || type.SequenceEqual("cICP"u8) || type.SequenceEqual("sBIT"u8) || type.SequenceEqual("pHYs"u8)
        || type.SequenceEqual("eXIf"u8);

    private static ImageCost Cost(ReadOnlySpan<byte> bytes, bool transparent, DecodeLimits limits)
    {
        var header = bytes[(SignatureBytes + 8)..];
        long width = BinaryPrimitives.ReadUInt32BigEndian(header);
        long height = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        limits.CheckPixels(width, height);
        var (depth, colours, interlaced) = (header[8], header[9], header[12] != 0);
        var alpha = transparent || (colours & 4) != 0;
        long bytesPerPixel = (((colours & 2) != 0 ? 3 : 1) + (alpha ? 1 : 0)) * (depth > 8 ? 2 : 1);
        var pixels = width * height;
        var decoded = pixels * bytesPerPixel;
        return new ImageCost(width, height)
        {
            DecodedBytes = decoded,
            MemoryBytes = (interlaced ? decoded : 0) + ImageCost.Strips(width, height, bytesPerPixel, alpha, converted: depth > 8),
            Nanoseconds = (pixels * bytesPerPixel * NanosecondsPerByte) + (height * NanosecondsPerRow)
                + (alpha ? pixels * AlphaNanoseconds * (depth > 8 ? 2 : 1) : 0) + (interlaced ? pixels * InterlaceNanoseconds : 0),
        };
    }

    /// <summary>Size of the profile in an iCCP chunk, up to one byte beyond the limit.</summary>
    private static long UnpackedBytes(ReadOnlySpan<byte> data, int limit)
    {
        var name = data.IndexOf((byte)0);
        if (name < 0 || name + 2 > data.Length)
            return 0;
        var total = 0L;
        try
        {
            using var packed = new MemoryStream(data[(name + 2)..].ToArray());
            using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
            var block = new byte[1 << 16];
            while (total <= limit && unpacked.Read(block) is > 0 and var read)
                total += read;
        }
        catch (InvalidDataException)
        {
            // A damaged profile is left out by the decoder; its size so far counts.
        }

        return total;
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[FrameBytes + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        type.CopyTo(chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc32.HashToUInt32(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }
}
