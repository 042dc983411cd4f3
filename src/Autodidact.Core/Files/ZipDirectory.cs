using System.Buffers.Binary;

namespace Autodidact.Files;

/// <summary>
/// The directory of a zip archive, weighed by the record at the archive's end before .NET reads it: it makes objects of all entries at
/// once. It reads no more entries than the record announces.
/// </summary>
internal static class ZipDirectory
{
    /// <summary>Most bytes of a directory. The names of its entries are kept in memory several times.</summary>
    public const long MostBytes = 256L << 20;

    private const int EndBytes = 22;
    private const int LongestComment = ushort.MaxValue;
    private const uint EndSignature = 0x06054b50;
    private const int LocatorBytes = 20;
    private const uint LocatorSignature = 0x07064b50;
    private const int LargeEndBytes = 56;
    private const uint LargeEndSignature = 0x06064b50;

    /// <summary>Why a directory is too large to be read, for a sentence that begins with its file; null where it is not.</summary>
    /// <param name="file">The archive. What is no archive passes: whoever opens it says so.</param>
    /// <param name="mostEntries">Most entries that it may have.</param>
    public static string? Refusal(Stream file, long mostEntries)
    {
        ArgumentNullException.ThrowIfNull(file);
        var tail = new byte[Math.Min(file.Length, LocatorBytes + EndBytes + LongestComment)];
        ReadAt(file, file.Length - tail.Length, tail);
        var end = End(tail);
        if (end < 0)
            return null;
        var record = tail.AsSpan(end);
        long entries = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        long start = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        if (end >= LocatorBytes && LargeEnd(file, tail.AsSpan(end - LocatorBytes)) is var (more, from))
            (entries, start) = (Math.Max(entries, more), Math.Min(start, from));
        var bytes = file.Length - tail.Length + end - start;
        return entries > mostEntries ? $"lists {entries} files, the limit is {mostEntries}"
            : bytes > MostBytes ? $"has a list of files of {bytes} bytes, the limit is {MostBytes} bytes"
            : null;
    }

    /// <summary>Where the record begins that is nearest to the end; -1 where there is none.</summary>
    private static int End(ReadOnlySpan<byte> tail)
    {
        Span<byte> signature = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(signature, EndSignature);
        return tail.Length < EndBytes ? -1 : tail[..(tail.Length - EndBytes + signature.Length)].LastIndexOf(signature);
    }

    /// <summary>Entries and start of a directory that is too large for the plain record; null where there is no second record.</summary>
    private static (long Entries, long Start)? LargeEnd(Stream file, ReadOnlySpan<byte> locator)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(locator) != LocatorSignature)
            return null;
        var at = BinaryPrimitives.ReadInt64LittleEndian(locator[8..]);
        Span<byte> record = stackalloc byte[LargeEndBytes];
        if (at < 0 || at > file.Length - record.Length)
            return null;
        ReadAt(file, at, record);
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != LargeEndSignature)
            return null;

        // A number beyond 2^63 is more than any limit.
        var entries = BinaryPrimitives.ReadUInt64LittleEndian(record[32..]);
        var start = BinaryPrimitives.ReadInt64LittleEndian(record[48..]);
        return ((long)Math.Min(entries, long.MaxValue), Math.Max(0, start));
    }

    private static void ReadAt(Stream file, long position, Span<byte> bytes)
    {
        file.Position = position;
        file.ReadExactly(bytes);
        file.Position = 0;
    }
}
