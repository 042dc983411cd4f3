using System.Buffers.Binary;

namespace Autodidact.Images;

/// <summary>The cost of a GIF: its first frame is decoded on its canvas, and all its frames are listed.</summary>
internal static class GifHeader
{
    private const int HeaderBytes = 13;
    private const int DescriptorBytes = 10;
    private const int BytesPerPixel = 4;
    private const int BytesPerFrame = 256;
    private const double NanosecondsPerPixel = 11;
    private const double AlphaNanoseconds = 6;

    /// <summary>Reads all blocks.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="limits">Limits.</param>
    /// <exception cref="ImageDecodeException">It is damaged, or beyond a limit.</exception>
    public static ImageCost Read(ReadOnlySpan<byte> bytes, DecodeLimits limits)
    {
        if (bytes.Length < HeaderBytes)
            throw new ImageDecodeException("GIF: the header is truncated");
        long width = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        long height = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        var frames = 0L;
        var (transparent, restores) = (false, false);
        var at = HeaderBytes + TableBytes(bytes[10]);
        while (at < bytes.Length && bytes[at] != 0x3B)
        {
            if (bytes[at] == 0x21 && at + 2 <= bytes.Length)
            {
                if (bytes[at + 1] == 0xF9 && at + 4 <= bytes.Length)
                {
                    transparent |= (bytes[at + 3] & 1) != 0;
                    restores |= (bytes[at + 3] >> 2 & 7) is 3 or 4;
                }

                // The decoder passes over the first block of an extension even if it is empty; only a comment has none that is special.
                at += 2;
                if (bytes[at - 1] != 0xFE && at < bytes.Length)
                    at += 1 + bytes[at];
                at = AfterBlocks(bytes, at);
            }
            else if (bytes[at] == 0x2C && at + DescriptorBytes <= bytes.Length)
            {
                limits.CheckFrames(++frames);
                if (frames == 1)
                {
                    // The decoder widens the canvas where its first frame stands out of it.
                    width = Math.Max(width, Short(bytes, at + 1) + Short(bytes, at + 5));
                    height = Math.Max(height, Short(bytes, at + 3) + Short(bytes, at + 7));
                }

                at = AfterBlocks(bytes, at + DescriptorBytes + TableBytes(bytes[at + 9]) + 1);
            }
            else
            {
                // Damaged, or cut off in a block: the decoder goes no further either.
                break;
            }
        }

        limits.CheckPixels(width, height);
        var pixels = width * height;
        return new ImageCost(width, height)
        {
            DecodedBytes = pixels * (transparent ? 4 : 3),
            MemoryBytes = (pixels * BytesPerPixel * (restores ? 2 : 1)) + ImageCost.Strips(width, height, BytesPerPixel, transparent)
                + (frames * BytesPerFrame),
            Nanoseconds = pixels * (NanosecondsPerPixel + (transparent ? AlphaNanoseconds : 0)),
        };
    }

    private static long Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static int TableBytes(byte flags) => (flags & 0x80) != 0 ? 3 << ((flags & 7) + 1) : 0;

    private static int AfterBlocks(ReadOnlySpan<byte> bytes, int at)
    {
        while (at < bytes.Length && bytes[at] != 0)
            at += 1 + bytes[at];
        return at + 1;
    }
}
