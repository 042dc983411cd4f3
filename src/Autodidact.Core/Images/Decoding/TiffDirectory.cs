using System.Buffers.Binary;

namespace Autodidact.Images;

/// <summary>
/// The first directory of a TIFF: the tags that matter to its pixels, and a copy of the file that has these alone. A decoder would follow
/// every further directory, and learn every unknown tag, even where they are made to keep it busy for ever.
/// </summary>
internal sealed class TiffDirectory
{
    private const int MostTags = 4_096;
    private const int MostBytesOfTag = 1 << 20;
    private const int StripOffsets = 273;
    private const int StripByteCounts = 279;
    private const int TileOffsets = 324;
    private const int TileByteCounts = 325;
    private const int Profile = 34675;

    /// <summary>
    /// Size, samples, compression, colours, orientation, resolution, strips, tiles, profile. The decoder checks the resolution, so it
    /// stays.
    /// </summary>
    private static readonly HashSet<int> _tags =
    [
        256, 257, 258, 259, 262, 266, StripOffsets, 274, 277, 278, StripByteCounts, 282, 283, 284, 292, 293, 296, 317, 318, 319, 320,
        322, 323, TileOffsets, TileByteCounts, 332, 338, 339, 347, 529, 530, 531, 532, 32995, 32996, Profile, 37439,
    ];

    private static readonly int[] _typeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

    private readonly byte[] _bytes;
    private readonly bool _bigEndian;
    private readonly bool _big;
    private readonly Dictionary<int, int> _entries = [];

    private TiffDirectory(byte[] bytes)
    {
        _bytes = bytes;
        _bigEndian = bytes[0] == (byte)'M';
        _big = bytes[_bigEndian ? 3 : 2] == 43;
    }

    private int EntryBytes => _big ? 20 : 12;

    private int InlineBytes => _big ? 8 : 4;

    /// <summary>Reads the first directory.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="limits">Limits.</param>
    /// <returns>
    /// The directory, and the bytes to decode: a copy that holds it alone, or the file itself if that holds nothing else.
    /// </returns>
    /// <exception cref="ImageDecodeException">It is damaged, or beyond a limit.</exception>
    public static (TiffDirectory Directory, byte[] Bytes) Read(byte[] bytes, DecodeLimits limits)
    {
        if (bytes.Length < 16)
            throw new ImageDecodeException("TIFF: the header is truncated");
        var directory = new TiffDirectory(bytes);
        var alone = directory.ReadEntries();
        foreach (var (tag, at) in directory._entries)
        {
            if (tag is StripOffsets or StripByteCounts or TileOffsets or TileByteCounts)
                continue;
            var size = directory.Place(at).Length;
            if (tag == Profile)
                limits.CheckProfile(size);
            else if (size > MostBytesOfTag)
                throw new ImageDecodeException($"TIFF: its tag {tag} is larger than {MostBytesOfTag} bytes");
        }

        return (directory, alone);
    }

    /// <summary>The first value of a tag.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="other">The value if the file does not have it.</param>
    public long First(int tag, long other) => Count(tag) > 0 ? Value(tag, 0) : other;

    /// <summary>Number of values of a tag that the file holds.</summary>
    /// <param name="tag">The tag.</param>
    public long Count(int tag)
    {
        if (!_entries.TryGetValue(tag, out var at) || TypeBytes(at) == 0)
            return 0;
        var (start, length) = Place(at);
        return Math.Clamp(Math.Min(length, _bytes.Length - start), 0, int.MaxValue) / TypeBytes(at);
    }

    /// <summary>A value of a tag of whole numbers.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="index">Which value; below <see cref="Count"/>.</param>
    public long Value(int tag, long index)
    {
        var at = _entries[tag];
        var size = TypeBytes(at);
        return Number((int)(Place(at).Start + (index * size)), Math.Min(size, 8));
    }

    private byte[] ReadEntries()
    {
        var offset = _big ? Number(8, 8) : Number(4, 4);
        var countBytes = _big ? 8 : 2;
        if (offset < 8 || offset > _bytes.Length - countBytes)
            throw new ImageDecodeException("TIFF: its directory lies outside of the file");
        var count = Number((int)offset, countBytes);
        var first = (int)offset + countBytes;
        if (count is < 1 or > MostTags)
            throw new ImageDecodeException($"TIFF: its directory has {(ulong)count} tags");
        var end = first + ((int)count * EntryBytes);
        if (end > _bytes.Length)
            throw new ImageDecodeException("TIFF: its directory is truncated");
        for (var at = first; at < end; at += EntryBytes)
        {
            // The decoder, too, takes the first of several entries of one tag.
            var tag = (int)Number(at, 2);
            if (_tags.Contains(tag))
                _entries.TryAdd(tag, at);
        }

        var last = end + InlineBytes > _bytes.Length || Number(end, InlineBytes) == 0;
        return _entries.Count == count && last ? _bytes : Alone((int)offset, first);
    }

    private byte[] Alone(int offset, int first)
    {
        var copy = new byte[_bytes.Length];
        _bytes.CopyTo(copy, 0);
        var at = first;
        foreach (var entry in _entries.Values.Order())
        {
            _bytes.AsSpan(entry, EntryBytes).CopyTo(copy.AsSpan(at));
            at += EntryBytes;
        }

        Write(copy.AsSpan(offset, first - offset), _entries.Count);
        copy.AsSpan(at, Math.Min(InlineBytes, copy.Length - at)).Clear();
        return copy;
    }

    private void Write(Span<byte> place, int value)
    {
        place.Clear();
        if (_bigEndian)
            BinaryPrimitives.WriteUInt16BigEndian(place[^2..], (ushort)value);
        else
            BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)value);
    }

    private int TypeBytes(int at) => Number(at + 2, 2) is var type && type < _typeBytes.Length ? _typeBytes[type] : 0;

    /// <summary>Where the values of an entry lie, and their size; both as announced, clamped to what can be counted.</summary>
    private (long Start, long Length) Place(int at)
    {
        var count = Number(at + 4, InlineBytes);
        var length = count is < 0 or > int.MaxValue ? int.MaxValue : count * TypeBytes(at);
        if (length <= InlineBytes)
            return (at + 4 + InlineBytes, length);
        var start = Number(at + 4 + InlineBytes, InlineBytes);
        return (start < 0 || start > _bytes.Length ? _bytes.Length : start, length);
    }

    private long Number(int at, int size)
    {
        var place = _bytes.AsSpan(at, size);
        return size switch
        {
            1 => place[0],
            2 => _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(place) : BinaryPrimitives.ReadUInt16LittleEndian(place),
            4 => _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(place) : BinaryPrimitives.ReadUInt32LittleEndian(place),
            _ => _bigEndian ? BinaryPrimitives.ReadInt64BigEndian(place) : BinaryPrimitives.ReadInt64LittleEndian(place),
        };
    }
}
