using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using Autodidact.Files;

namespace Autodidact.Images;

/// <summary>Image files inside a zip archive, read in place and sorted by name. Labels as for <see cref="FolderSource"/>.</summary>
/// <remarks>
/// Nothing is unpacked to the disk. No entry may unpack to more than it declares or than the limits allow, and its checksum must hold;
/// an entry that fails is handed out as <see cref="UnreadableImage"/> and the next one follows.
/// </remarks>
internal sealed class ZipSource : ListedSource
{
    private readonly string _path;

    /// <summary>Lists the images of an archive.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="limits">Limits for each image; the default limits if left out.</param>
    /// <exception cref="AutodidactException">The file does not exist or is no zip archive.</exception>
    public ZipSource(string path, DecodeLimits? limits = null)
        : this(path, Path.GetFileName(path), List(path), limits ?? new DecodeLimits())
    {
    }

    private ZipSource(string path, string description, IReadOnlyList<SourceItem> items, DecodeLimits limits)
        : base(description, items, limits) => _path = path;

    internal override ListedSource With(string description, IReadOnlyList<SourceItem> items) =>
        new ZipSource(_path, description, items, Limits);

    private protected override IDisposable? Open(out ItemReader read)
    {
        var archive = OpenArchive(_path);
        read = item => Read(archive, item);
        return archive;
    }

    private static IReadOnlyList<SourceItem> List(string path)
    {
        using var archive = OpenArchive(path);
        var items = new ItemList();
        foreach (var entry in Entries(archive, path))
        {
            var key = entry.FullName.Replace('\\', '/').TrimStart('/');
            if (!ItemList.IsImage(key))
                continue;
            var state = entry.Crc32.ToString("x8", CultureInfo.InvariantCulture);
            items.Add(key, entry.FullName, entry.Length, state, entry.IsEncrypted ? "the entry is encrypted" : null);
        }

        return items.Sorted();
    }

    private static ZipArchive OpenArchive(string path)
    {
        try
        {
            var file = RegularFile.Open(path);
            try
            {
                return new ZipArchive(file, ZipArchiveMode.Read);
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
            var bytes = new byte[item.Bytes];
            using var stream = entry.Open();
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
                return new UnreadableImage("the entry is truncated");
            if (stream.ReadByte() >= 0)
                return new UnreadableImage("the entry unpacks to more than it declares");
            // .NET stores the checksum of an entry but does not compare it.
            return Crc32.HashToUInt32(bytes) == entry.Crc32
                ? new EncodedImage(bytes)
                : new UnreadableImage("the entry's checksum is wrong");
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException)
        {
            return new UnreadableImage($"the entry cannot be unpacked ({OneLine.From(e.Message)})");
        }
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
