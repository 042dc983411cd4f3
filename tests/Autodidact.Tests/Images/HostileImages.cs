using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using NetVips;

namespace Autodidact.Tests.Images;

/// <summary>Small files that ask for much, made byte by byte.</summary>
internal static class HostileImages
{
    /// <summary>A PNG of one bit a pixel, all black.</summary>
    public static byte[] BlackPng(int width, int height) => Png(width, height, depth: 1, colours: 0, ((width + 7) / 8) + 1);

    /// <summary>A PNG whose pixels are all zero.</summary>
    public static byte[] Png(int width, int height, byte depth, byte colours, int rowBytes, bool interlaced = false)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (depth, colours, (byte)(interlaced ? 1 : 0));
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR", header),
            .. Chunk("IDAT", Zlib(new byte[rowBytes * height])), .. Chunk("IEND", []),
        ];
    }

    /// <summary>A chunk of a PNG.</summary>
    public static byte[] Chunk(string type, byte[] data)
    {
        byte[] chunk = [0, 0, 0, 0, .. Encoding.ASCII.GetBytes(type), .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc32.HashToUInt32(chunk.AsSpan(4, 4 + data.Length)));
        return chunk;
    }

    /// <summary>A PNG with further chunks behind its header.</summary>
    public static byte[] Insert(byte[] png, byte[][] chunks) => [.. png[..33], .. chunks.SelectMany(chunk => chunk), .. png[33..]];

    /// <summary>Bytes, packed as PNG and TIFF pack them.</summary>
    public static byte[] Zlib(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Optimal))
            stream.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>A little-endian TIFF of one directory: tags with whole numbers of 32 bits, data behind them.</summary>
    /// <param name="data">Bytes behind the directory; a value of -1 becomes their offset.</param>
    /// <param name="next">Offset of the next directory.</param>
    /// <param name="tags">Tags, in order, and their values.</param>
    public static byte[] Tiff(byte[] data, int next, params (int Tag, int[] Values)[] tags)
    {
        var end = 8 + 2 + (12 * tags.Length) + 4;
        var start = end + (4 * tags.Sum(tag => tag.Values.Length > 1 ? tag.Values.Length : 0));
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("II*\0"u8);
        writer.Write(8);
        writer.Write((short)tags.Length);
        var at = end;
        foreach (var (tag, values) in tags)
        {
            writer.Write((short)tag);
            writer.Write((short)4);
            writer.Write(values.Length);
            writer.Write(values.Length > 1 ? at : values[0] == -1 ? start : values[0]);
            at += values.Length > 1 ? 4 * values.Length : 0;
        }

        writer.Write(next);
        foreach (var value in tags.Where(tag => tag.Values.Length > 1).SelectMany(tag => tag.Values))
            writer.Write(value == -1 ? start : value);
        writer.Write(data);
        return file.ToArray();
    }

    /// <summary>A grey TIFF of one strip, and further tags.</summary>
    public static byte[] GreyTiff(int side, byte[] pixels, int compression, int next, params (int Tag, int[] Values)[] further) =>
        Tiff(
            pixels,
            next,
            [
                .. ((int Tag, int[] Values)[])[
                    (256, [side]), (257, [side]), (258, [8]), (259, [compression]), (262, [1]), (273, [-1]), (277, [1]), (278, [side]),
                    (279, [pixels.Length])],
                .. further,
            ]);

    /// <summary>A lossless WebP of one colour: a few bytes, whatever its size.</summary>
    public static byte[] FlatWebp(int width, int height) => Webp(Part("VP8L", Lossless(width, height)));

    /// <summary>A lossless WebP each of whose blocks of 4 x 4 pixels names a group of codes of its own.</summary>
    public static byte[] WebpOfGroups(int side)
    {
        var blocks = side / 4 * (side / 4);
        var bits = new System.Collections.BitArray(400 + (36 * blocks));
        var end = 0;
        Add(0x2F, 8);
        Add(side - 1, 14);
        Add(side - 1, 14);

        // No alpha, version 0, no transform, no cache; groups, in blocks of 4 pixels a side; their picture has no cache.
        Add(0, 1 + 3 + 1 + 1);
        Add(1, 1);
        Add(0, 3 + 1);
        for (var code = 0; code < 2; code++)
        {
            // Green and red: 256 symbols of 8 bits each. Only the length 8 is used, the twelfth in the order of lengths.
            Add(0, 1);
            Add(12 - 4, 4);
            for (var i = 0; i < 11; i++)
                Add(0, 3);
            Add(1, 3);
            Add(1, 1);
            Add(3, 3);
            Add(254, 8);
        }

        for (var code = 0; code < 3; code++)
            Add(1, 4);
        for (var block = 0; block < blocks; block++)
        {
            foreach (var value in (int[])[block & 255, block >> 8])
            {
                for (var bit = 7; bit >= 0; bit--)
                    Add(value >> bit & 1, 1);
            }
        }

        for (var group = 0; group < blocks; group++)
        {
            for (var code = 0; code < 5; code++)
                Add(1, 4);
        }

        var bytes = new byte[(bits.Length + 7) / 8];
        bits.CopyTo(bytes, 0);
        return Webp(Part("VP8L", bytes));

        void Add(int value, int count)
        {
            for (var i = 0; i < count; i++)
                bits[end++] = (value >> i & 1) == 1;
        }
    }

    /// <summary>
    /// A WebP of the given canvas with alpha channels that have one symbol in each code, and therefore take no bits, and zeros behind.
    /// </summary>
    public static byte[] WebpOfEmptyAlpha(int width, int height, int channels, bool animated)
    {
        var alpha = Part("ALPH", [1, .. EmptyTransforms(), .. new byte[11_000]]);
        byte[] canvas = [(byte)(animated ? 0x12 : 0x10), 0, 0, 0, .. Int24(width - 1), .. Int24(height - 1)];
        byte[] parts = [.. Enumerable.Repeat(alpha, channels).SelectMany(part => part), .. Part("VP8L", Lossless(2, 2))];
        byte[] frame = [.. new byte[6], .. Int24(width - 1), .. Int24(height - 1), .. Int24(40), 0, .. parts];
        return Webp([.. Part("VP8X", canvas), .. animated ? Part("ANMF", frame) : parts]);
    }

    /// <summary>Transforms and groups of codes, each a picture of blocks of 4 x 4 pixels whose codes have one symbol.</summary>
    public static byte[] EmptyTransforms()
    {
        var bits = new System.Collections.BitArray(120);
        var end = 0;
        for (var transform = 0; transform < 2; transform++)
        {
            Add(1, 1);
            Add(transform, 2);
            Add(0, 3);
            Codes();
        }

        // No further transform, no cache, several groups.
        Add(0, 2);
        Add(1, 1);
        Add(0, 3);
        Codes();
        var bytes = new byte[(bits.Length + 7) / 8];
        bits.CopyTo(bytes, 0);
        return bytes;

        void Codes()
        {
            // No cache, then five codes: simple, one symbol of one bit, which is 0.
            Add(0, 1);
            for (var code = 0; code < 5; code++)
                Add(1, 4);
        }

        void Add(int value, int count)
        {
            for (var i = 0; i < count; i++)
                bits[end++] = (value >> i & 1) == 1;
        }
    }

    /// <summary>An animated WebP whose frames have two pixels a side.</summary>
    public static byte[] AnimatedWebp(int width, int height, int frames)
    {
        byte[] canvas = [2, 0, 0, 0, .. Int24(width - 1), .. Int24(height - 1)];
        var frame = Part("ANMF", [.. new byte[6], .. Int24(1), .. Int24(1), .. Int24(40), 0, .. Part("VP8L", Lossless(2, 2))]);
        return Webp([.. Part("VP8X", canvas), .. Part("ANIM", new byte[6]), .. Enumerable.Repeat(frame, frames).SelectMany(part => part)]);
    }

    /// <summary>A GIF whose frames have one pixel at the given place.</summary>
    public static byte[] Gif(int width, int height, int left, int top, int frames)
    {
        byte[] frame = [0x2C, .. Short(left), .. Short(top), .. Short(1), .. Short(1), 0, 2, 2, 0x44, 1, 0];
        return
        [
            .. "GIF89a"u8, .. Short(width), .. Short(height), 0x80, 0, 0, 0, 0, 0, 255, 255, 255,
            .. Enumerable.Repeat(frame, frames).SelectMany(part => part), 0x3B,
        ];
    }

    /// <summary>A JPEG with further segments behind its start.</summary>
    public static byte[] InsertSegment(byte[] jpeg, byte marker, byte[] data, int times = 1)
    {
        byte[] segment = [0xFF, marker, (byte)((data.Length + 2) >> 8), (byte)(data.Length + 2), .. data];
        return [.. jpeg[..2], .. Enumerable.Repeat(segment, times).SelectMany(part => part), .. jpeg[2..]];
    }

    /// <summary>A JPEG whose scans but the first are repeated.</summary>
    public static byte[] RepeatScans(byte[] jpeg, int times)
    {
        var first = Find(jpeg, 0xDA, 0);
        var rest = Find(jpeg, 0xC4, first);
        return [.. jpeg[..rest], .. Enumerable.Repeat(jpeg[rest..^2], times).SelectMany(part => part), 0xFF, 0xD9];
    }

    /// <summary>A JPEG whose frame announces another size.</summary>
    public static byte[] Announce(byte[] jpeg, int width, int height)
    {
        var frame = Math.Max(Find(jpeg, 0xC0, 0), Find(jpeg, 0xC2, 0));
        byte[] copy = [.. jpeg];
        BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(copy.AsSpan(frame + 7), (ushort)width);
        return copy;
    }

    /// <summary>An Exif block whose directory has an orientation and a maker's note, which has entries of the given size.</summary>
    public static byte[] ExifWithNote(int orientation, int entries, int bytesOfEntry)
    {
        const int Note = 8 + 2 + (2 * 12) + 4;
        using var block = new MemoryStream();
        using var writer = new BinaryWriter(block);
        writer.Write("II*\0"u8);
        writer.Write(8);
        writer.Write((short)2);
        Entry(0x0112, 3, 1, orientation);
        Entry(0x927C, 7, 10 + (12 * entries), Note);
        writer.Write(0);
        writer.Write("OLYMP\0\u0001\0"u8);
        writer.Write((short)entries);
        for (var i = 0; i < entries; i++)
            Entry(0x0200 + i, 7, bytesOfEntry, 8);
        writer.Write(new byte[Math.Max(0, 65_000 - block.Length)]);
        return block.ToArray();

        void Entry(int tag, int type, int count, int value)
        {
            writer.Write((ushort)tag);
            writer.Write((short)type);
            writer.Write(count);
            writer.Write(value);
        }
    }

    /// <summary>A picture that differs everywhere.</summary>
    public static Image Waves(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i * i / 7 % 256);
        using var memory = Image.NewFromMemory(pixels, width, height, 3, Enums.BandFormat.Uchar);
        return memory.Copy(interpretation: Enums.Interpretation.Srgb);
    }

    private static int Find(byte[] jpeg, byte marker, int from)
    {
        var found = jpeg.AsSpan(from).IndexOf([(byte)0xFF, marker]);
        return found < 0 ? -1 : from + found;
    }

    /// <summary>The picture behind its chunk's header: size, no transforms, no caches, five codes of one symbol each.</summary>
    private static byte[] Lossless(int width, int height)
    {
        var bits = 0x2FUL | (ulong)(width - 1) << 8 | (ulong)(height - 1) << 22;
        const int HeaderBits = 8 + 14 + 14 + 1 + 3 + 1 + 1 + 1;
        for (var code = 0; code < 5; code++)
            bits |= 1UL << (HeaderBits + (4 * code));
        return [.. BitConverter.GetBytes(bits), 0];
    }

    private static byte[] Webp(byte[] parts) => [.. "RIFF"u8, .. BitConverter.GetBytes(4 + parts.Length), .. "WEBP"u8, .. parts];

    private static byte[] Part(string type, byte[] data) =>
        [.. Encoding.ASCII.GetBytes(type), .. BitConverter.GetBytes(data.Length), .. data, .. new byte[data.Length % 2]];

    private static byte[] Int24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];

    private static byte[] Short(int value) => [(byte)value, (byte)(value >> 8)];
}
