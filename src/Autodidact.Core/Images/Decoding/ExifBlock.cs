using System.Buffers.Binary;

namespace Autodidact.Images;

/// <summary>
/// Bounds what an Exif block makes a decoder allocate. Its entries may all point at the same bytes, and the decoder copies them for each
/// entry; so do the entries of the maker's note, whose forms are many.
/// </summary>
internal static class ExifBlock
{
    private const int MostBytes = 1 << 20;
    private const long MostCopied = 64L * 1024 * 1024;
    private const int EntryBytes = 12;
    private const ushort ExifTag = 0x8769;
    private const ushort GpsTag = 0x8825;
    private const ushort InteropTag = 0xA005;
    private const ushort MakerNoteTag = 0x927C;

    // No directory has this tag, in either order of bytes.
    private const ushort HiddenTag = 0xFEFE;

    private static readonly int[] _typeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

    /// <summary>Checks a block.</summary>
    /// <param name="block">The block, with or without the mark <c>Exif</c> before it.</param>
    /// <returns>The block without a maker's note that could do harm; null if it can stay as it is.</returns>
    /// <exception cref="ImageDecodeException">The block is too large, or its entries overlap.</exception>
    public static byte[]? Harmless(ReadOnlySpan<byte> block)
    {
        if (block.Length > MostBytes)
            throw new ImageDecodeException($"its Exif block is larger than {MostBytes} bytes");
        var mark = block.StartsWith("Exif\0\0"u8) ? 6 : 0;
        var data = block[mark..];
        if (data.Length < 8)
            return null;
        var walk = new Walk(data[0] == (byte)'M');
        walk.Directory(data, walk.Int(data, 4), depth: 0);
        if (walk.Notes.Count == 0)
            return null;
        var copy = block.ToArray();
        foreach (var note in walk.Notes)
            BinaryPrimitives.WriteUInt16LittleEndian(copy.AsSpan(mark + note), HiddenTag);
        return copy;
    }

    private sealed class Walk(bool bigEndian)
    {
        private long _copied;

        /// <summary>Where the tags of maker's notes lie that are large enough to do harm.</summary>
        public List<int> Notes { get; } = [];

        public uint Int(ReadOnlySpan<byte> data, int at) =>
            bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(data[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(data[at..]);

        public void Directory(ReadOnlySpan<byte> data, uint offset, int depth)
        {
            if (depth > 3 || offset + 2L > data.Length)
                return;
            var count = Short(data, (int)offset);
            var at = (int)offset + 2;
            for (var i = 0; i < count && at + EntryBytes <= data.Length; i++, at += EntryBytes)
                Entry(data, at, depth);

            // The second directory describes a thumbnail. The decoder reads no third.
            if (depth == 0 && at + 4 <= data.Length)
                Directory(data, Int(data, at), depth + 1);
        }

        private void Entry(ReadOnlySpan<byte> data, int at, int depth)
        {
            var tag = Short(data, at);
            var type = Short(data, at + 2);
            var bytes = Math.Min((type < _typeBytes.Length ? _typeBytes[type] : 0) * (long)Int(data, at + 4), data.Length);

            // The entry itself counts as well: directories that name one another would never end otherwise.
            _copied += bytes + EntryBytes;
            if (_copied > MostCopied)
                throw new ImageDecodeException("its Exif block is damaged: entries overlap");
            if (tag is ExifTag or GpsTag or InteropTag)
                Directory(data, Int(data, at + 8), depth + 1);
            else if (tag == MakerNoteTag && bytes / EntryBytes * data.Length > MostCopied)
                Notes.Add(at);
        }

        private ushort Short(ReadOnlySpan<byte> data, int at) =>
            bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(data[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(data[at..]);
    }
}
