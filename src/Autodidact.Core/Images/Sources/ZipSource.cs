using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using Autodidact.Files;

namespace Autodidact.Images;

/// <summary>Image files inside a zip archive, read in place and sorted by name. Labels as for <see cref="FolderSource"/>.</summary>
/// <remarks>
/// Nothing is unpacked to the disk. No entry may unpack to more than it declares or than the limits allow, and its checksum must hold;
/// an entry that fails is handed out as <see cref="UnreadableImage"/> and the next one follows. The entries together may hold no more
/// packed bytes than the archive has: entries that share their data would let a small archive unpack to any size.
/// </remarks>
internal sealed class ZipSource : ListedSource
{
    /// <summary>Most files of an archive. Each takes up to a kilobyte of memory; a folder may hold more.</summary>
    internal const int MostFiles = 2_000_000;

    /// <summary>Deflate makes no more of one byte.</summary>
    private const long MostUnpackedPerByte = 1032;

    /// <summary>Bytes that a short entry may unpack to beyond that.</summary>
    private const long ShortEntry = 64;

    /// <summary>Memory that an entry gets before any of it is unpacked.</summary>
    private const int FirstBlock = 1 << 20;

    private readonly string _path;

    /// <summary>Lists the images of an archive.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="limits">Limits for each image; the default limits if left out.</param>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <exception cref="AutodidactException">The file does not exist, is no zip archive, or lists too many files.</exception>
    public ZipSource(string path, DecodeLimits? limits = null, CancellationToken cancellationToken = default)
        : this(path, Path.GetFileName(path), List(path, cancellationToken), limits ?? new DecodeLimits())
    {
    }

    private ZipSource(string path, string description, IReadOnlyList<SourceItem> items, DecodeLimits limits)
        : base(description, items, limits) => _path = path;

    internal override ListedSource With(string description, IReadOnlyList<SourceItem> items) =>
        new ZipSource(_path, description, items, Limits);

    private protected override IDisposable? Open(CancellationToken cancellationToken, out ItemReader read)
    {
        var archive = OpenArchive(_path, cancellationToken, out _);
        read = item => Read(archive, item);
        return archive;
    }

    private static IReadOnlyList<SourceItem> List(string path, CancellationToken cancellationToken)
    {
        using var archive = OpenArchive(path, cancellationToken, out var left);
        var items = new ItemList();
        foreach (var entry in Entries(archive, path))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = entry.FullName.Replace('\\', '/').TrimStart('/');
            if (!ItemList.IsImage(key))
                continue;
            var state = entry.Crc32.ToString("x8", CultureInfo.InvariantCulture);
            var problem = entry.IsEncrypted ? "the entry is encrypted" : Suspicion(entry, left);
            items.Add(key, entry.FullName, entry.Length, state, problem);
            if (problem is null)
                left -= entry.CompressedLength;
        }

        return items.Sorted();
    }

    /// <summary>Why the sizes that an entry declares cannot be true; null where they can.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="left">Bytes of the archive that no entry before has declared.</param>
    private static string? Suspicion(ZipArchiveEntry entry, long left)
    {
        var (packed, unpacked) = (entry.CompressedLength, entry.Length);
        return packed < 0 || unpacked < 0 ? $"impossible size: {unpacked} bytes, {packed} packed"
            : packed > left ? "its data overlap those of other entries, or go beyond the end of the archive"
            : unpacked - ShortEntry > packed * MostUnpackedPerByte ? $"suspicious: {packed} bytes do not unpack to {unpacked}"
            : null;
    }

    private static ZipArchive OpenArchive(string path, CancellationToken cancellationToken, out long bytes)
    {
        try
        {
            var file = RegularFile.Open(path);
            try
            {
                bytes = file.Length;
                return ZipDirectory.Refusal(file, MostFiles) is not { } refusal
                    ? new ZipArchive(new StoppableStream(file, cancellationToken), ZipArchiveMode.Read)
                    : throw new AutodidactException(
                        FailureKind.Data, $"archive {path} {refusal}: divide it, or unpack it and give the folder");
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw Failure(path, e);
        }
    }

    private static IReadOnlyList<ZipArchiveEntry> Entries(ZipArchive archive, string path)
    {
        try
        {
            return archive.Entries;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw Failure(path, e);
        }
    }

    private ImageContent Read(ZipArchive archive, SourceItem item)
    {
        if (Limits.Refuses(item.Bytes) is { } why)
            return new UnreadableImage(why);
        try
        {
            var entry = archive.GetEntry(item.Locator);
            if (entry is null)
                return new UnreadableImage("the entry is gone from the archive");
            using var stream = entry.Open();
            var first = new byte[Math.Min((int)item.Bytes, FirstBlock)];
            var count = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
            if (count == FirstBlock && ImageFormats.Detect(first) == ImageFormat.Unknown)
                return new UnreadableImage(ImageFormats.NotAnImage);
            if (Unpack(stream, first, count, (int)item.Bytes) is not { } bytes)
                return new UnreadableImage("the entry is truncated");
            if (stream.ReadByte() >= 0)
                return new UnreadableImage("the entry unpacks to more than it declares");
            // .NET stores the checksum of an entry but does not compare it.
            return Crc32.HashToUInt32(bytes) == entry.Crc32
                ? new EncodedImage(bytes)
                : new UnreadableImage("the entry's checksum is wrong");
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or ArgumentException)
        {
            return new UnreadableImage($"the entry cannot be unpacked ({OneLine.From(e.Message)})");
        }
    }

    /// <summary>Unpacks the rest of an entry. Its memory is taken once its first block is there, and once only.</summary>
    /// <param name="stream">The rest.</param>
    /// <param name="first">The first bytes.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="length">How many the entry must have.</param>
    /// <returns>As many bytes as are asked for; null where there are fewer.</returns>
    private static byte[]? Unpack(Stream stream, byte[] first, int count, int length)
    {
        if (count < first.Length || count == length)
            return count == length ? first : null;
        var bytes = GC.AllocateUninitializedArray<byte>(length);
        first.CopyTo(bytes, 0);
        return stream.ReadAtLeast(bytes.AsSpan(count), length - count, throwOnEndOfStream: false) == length - count ? bytes : null;
    }

    private static AutodidactException Failure(string path, Exception e) => new(
        FailureKind.Data,
        e switch
        {
            FileNotFoundException or DirectoryNotFoundException => $"archive {path} does not exist: check the path",
            InvalidDataException => $"{path} is not a zip archive, or a damaged one: copy or download it again",
            _ => $"archive {path} cannot be read ({OneLine.From(e.Message)}): check the file and its permissions",
        },
        e);
}
