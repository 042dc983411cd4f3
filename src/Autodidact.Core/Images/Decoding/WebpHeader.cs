using System.Buffers.Binary;

namespace Autodidact.Images;

/// <summary>The cost of a WebP: its first frame is decoded on its canvas, and all its frames are listed.</summary>
internal static class WebpHeader
{
    private const int FileHeaderBytes = 12;
    private const int ChunkHeaderBytes = 8;
    private const int AnimationHeaderBytes = 16;
    private const int BytesPerPixel = 4;
    private const double NanosecondsPerPixel = 16;
    private const double AlphaNanoseconds = 7;

    // Of each group of codes, see WebpTables: most bytes, and the time in which the decoder makes them.
    private const long BytesPerGroup = 12_000;
    private const double NanosecondsPerGroup = 8_000;

    // The decoder looks for a frame from the first one on, each time.
    private const double NanosecondsPerPairOfFrames = 4;

    /// <summary>Reads all chunks.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="limits">Limits.</param>
    /// <returns>The bytes to decode, which may be the file itself, and the cost.</returns>
    /// <exception cref="ImageDecodeException">It is damaged, or beyond a limit.</exception>
    public static (byte[] Bytes, ImageCost Cost) Read(byte[] bytes, DecodeLimits limits)
    {
        var copy = bytes;
        var (canvasWidth, canvasHeight, frameWidth, frameHeight) = (0L, 0L, 0L, 0L);
        var (frames, metadata, alpha, groups, at) = (0L, 0L, false, 1, FileHeaderBytes);
        var parts = new Parts(limits);
        while (at + ChunkHeaderBytes <= bytes.Length)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4));
            var data = bytes.AsSpan(at + ChunkHeaderBytes, (int)Math.Min(length, (uint)(bytes.Length - at - ChunkHeaderBytes)));
            var type = bytes.AsSpan(at, 4);
            if (type.SequenceEqual("VP8X"u8) && data.Length >= 10)
            {
                alpha |= (data[0] & 0x10) != 0;
                (canvasWidth, canvasHeight) = (1 + Int24(data[4..]), 1 + Int24(data[7..]));
            }
            else if (type.SequenceEqual("ANMF"u8) && data.Length >= AnimationHeaderBytes)
            {
                limits.CheckFrames(++frames);
                var (width, height) = (1 + Int24(data[6..]), 1 + Int24(data[9..]));
                alpha |= (width, height) != (canvasWidth, canvasHeight);
                (frameWidth, frameHeight) = (Math.Max(frameWidth, width), Math.Max(frameHeight, height));
                if (frames == 1)
                    groups = FrameGroups(data[AnimationHeaderBytes..], width, height, limits);
                if (Size(data[AnimationHeaderBytes..]) is { } inner)
                    (frameWidth, frameHeight) = (Math.Max(frameWidth, inner.Width), Math.Max(frameHeight, inner.Height));
            }
            else if (Size(bytes.AsSpan(at)) is { } size)
            {
                (frameWidth, frameHeight) = (Math.Max(frameWidth, size.Width), Math.Max(frameHeight, size.Height));
                alpha |= size.Alpha;
                groups = Math.Max(groups, parts.Groups(type, data, size.Width, size.Height));
            }
            else if (type.SequenceEqual("ALPH"u8) && canvasWidth > 0)
            {
                groups = Math.Max(groups, parts.Groups(type, data, canvasWidth, canvasHeight));
            }
            else if (type.SequenceEqual("ICCP"u8))
            {
                limits.CheckProfile(data.Length);
            }
            else if (type.SequenceEqual("EXIF"u8) && ExifBlock.Harmless(data) is { } exif)
            {
                copy = [.. copy];
                exif.CopyTo(copy.AsSpan(at + ChunkHeaderBytes));
            }
            else
            {
                metadata += data.Length;
                limits.CheckMetadata(metadata);
            }

            at = (int)Math.Min(at + ChunkHeaderBytes + (long)length + (length & 1), int.MaxValue - ChunkHeaderBytes);
        }

        return (copy, Cost(Math.Max(canvasWidth, frameWidth), Math.Max(canvasHeight, frameHeight), alpha, frames, metadata, groups));
    }

    private static ImageCost Cost(long width, long height, bool alpha, long frames, long metadata, int groups)
    {
        if (width == 0 || height == 0)
            throw new ImageDecodeException("WebP: it has no picture");
        var pixels = width * height;
        return new ImageCost(width, height)
        {
            DecodedBytes = pixels * (alpha ? 4 : 3),

            // The frame and the canvas, or, before that, the frame and the decoder's own copy of it.
            MemoryBytes = (2 * pixels * BytesPerPixel) + ImageCost.Strips(width, height, BytesPerPixel, alpha) + metadata
                + (groups * BytesPerGroup),
            Nanoseconds = (pixels * (NanosecondsPerPixel + (alpha ? AlphaNanoseconds : 0)))
                + (frames * frames * NanosecondsPerPairOfFrames) + (groups * NanosecondsPerGroup),
        };
    }

    /// <summary>Groups of codes in a frame of an animation.</summary>
    private static int FrameGroups(ReadOnlySpan<byte> chunks, long width, long height, DecodeLimits limits)
    {
        var groups = 1;
        var parts = new Parts(limits);
        for (var at = 0; at + ChunkHeaderBytes <= chunks.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunks[(at + 4)..]);
            var data = chunks.Slice(at + ChunkHeaderBytes, (int)Math.Min(length, (uint)(chunks.Length - at - ChunkHeaderBytes)));
            groups = Math.Max(groups, parts.Groups(chunks.Slice(at, 4), data, width, height));
            at = (int)Math.Min(at + ChunkHeaderBytes + (long)length + (length & 1), int.MaxValue - ChunkHeaderBytes);
        }

        return groups;
    }

    /// <summary>The size in the header of a lossy or lossless picture; null if the chunk is none.</summary>
    private static (long Width, long Height, bool Alpha)? Size(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length >= ChunkHeaderBytes + 10 && chunk.StartsWith("VP8 "u8))
        {
            var data = chunk[(ChunkHeaderBytes + 6)..];
            var (width, height) = (BinaryPrimitives.ReadUInt16LittleEndian(data), BinaryPrimitives.ReadUInt16LittleEndian(data[2..]));
            return (width & 0x3FFF, height & 0x3FFF, false);
        }

        if (chunk.Length < ChunkHeaderBytes + 5 || !chunk.StartsWith("VP8L"u8))
            return null;
        var bits = BinaryPrimitives.ReadUInt32LittleEndian(chunk[(ChunkHeaderBytes + 1)..]);
        return (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), (bits >> 28 & 1) != 0);
    }

    private static long Int24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;

    /// <summary>The parts of one frame. It has one picture and one alpha at most, so that no part is read for nothing.</summary>
    private sealed class Parts(DecodeLimits limits)
    {
        private bool _picture;
        private bool _alpha;

        /// <summary>Groups of codes in a picture, or in its alpha, that is lossless; one in any other part.</summary>
        public int Groups(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data, long width, long height)
        {
            const int HeaderBits = 40;
            const int HarmlessGroups = 4_096;
            const int LeastBitsPerGroup = 20;
            var lossless = type.SequenceEqual("VP8L"u8);
            if (lossless || type.SequenceEqual("VP8 "u8))
                First(ref _picture, "pictures");
            else if (type.SequenceEqual("ALPH"u8))
                First(ref _alpha, "alpha channels");
            else
                return 1;
            limits.CheckPixels(width, height);
            var packed = lossless || (type[0] == (byte)'A' && data.Length > 0 && (data[0] & 3) == 1);
            if (!packed)
                return 1;
            var most = Math.Min(8L * data.Length / LeastBitsPerGroup, (width + 3) / 4 * ((height + 3) / 4));
            return most < HarmlessGroups ? (int)most : WebpTables.Groups(data, lossless ? HeaderBits : 8, (int)width, (int)height);
        }

        private static void First(ref bool seen, string name)
        {
            if (seen)
                throw new ImageDecodeException($"WebP: a frame has several {name}");
            seen = true;
        }
    }
}
