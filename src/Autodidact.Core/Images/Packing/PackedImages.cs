using System.Buffers.Binary;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using System.Text;
using Autodidact.Files;

namespace Autodidact.Images;

/// <summary>
/// A file of decoded images of one size, mapped into memory: the operating system loads what is read and drops it again, so a set of any
/// size takes little memory. It holds pixels, keys, original sizes and what was skipped, and no label. Safe to read from many threads.
/// </summary>
internal sealed unsafe class PackedImages : IImageSet, IDisposable
{
    private const int TablesBlock = 1 << 24;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly PackLayout _layout;
    private readonly int[] _checked;
    private byte* _start;

    private PackedImages(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, PackLayout layout, byte* start)
    {
        Path = path;
        _file = file;
        _view = view;
        _layout = layout;
        _checked = new int[(layout.Count + 31) / 32];
        _start = start;
        Fingerprint = Convert.ToHexStringLower(layout.Fingerprint);
    }

    /// <summary>The pack's file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public int Count => _layout.Count;

    /// <inheritdoc/>
    public int Height => _layout.Height;

    /// <inheritdoc/>
    public int Width => _layout.Width;

    /// <summary>
    /// SHA-256 over the size, all keys and all pixels, as hexadecimal digits: equal for equal content, wherever and whenever it was packed.
    /// </summary>
    public string Fingerprint { get; }

    /// <summary>Number of images whose pixels equal those of an earlier image. They are kept; this tells how many there are.</summary>
    public int Duplicates => _layout.Duplicates;

    /// <summary>Images of the source that could not be packed.</summary>
    /// <exception cref="AutodidactException">Their table is damaged; kind Data.</exception>
    public IReadOnlyList<SkippedImage> Skipped =>
        SkippedCsv.Parse(Encoding.UTF8.GetString(Section(_layout.SkippedOffset, checked((int)_layout.SkippedBytes))), Path);

    /// <summary>
    /// Maps a pack into memory. Header, length and tables are checked now, the pixels of an image when they are first read.
    /// </summary>
    /// <param name="path">The file <see cref="PackBuilder"/> wrote.</param>
    /// <exception cref="AutodidactException">The file is missing, no pack, of another version, or truncated.</exception>
    public static PackedImages Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            // Delete is shared, so that a newer pack can be renamed over one in use.
            using var stream = RegularFile.Open(path, bufferSize: 0);
            var page = new byte[Math.Min(stream.Length, PackLayout.HeaderBytes)];
            stream.ReadExactly(page);
            var layout = PackLayout.Read(page, stream.Length, path);
            return Map(path, stream, layout);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw PackLayout.Failure(path, "does not exist: check the path", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Environment, $"pack {path} cannot be read ({OneLine.From(e.Message)}): check the file and its permissions", e);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="AutodidactException">The image's pixels are not those that were packed; kind Data.</exception>
    public ReadOnlySpan<byte> Pixels(int index)
    {
        CheckIndex(index);
        var pixels = Section(PackLayout.HeaderBytes + ((long)index * _layout.ImageBytes), _layout.ImageBytes);
        ref var word = ref _checked[index >> 5];
        var bit = 1 << (index & 31);
        if ((Volatile.Read(ref word) & bit) == 0)
        {
            // Once a process: a flipped bit on the disk would train other weights, and nobody would know.
            if (!IsWhole(index))
                throw PackLayout.Failure(Path, $"has a damaged image ('{OneLine.From(Key(index))}'): {PackLayout.Remedy}");
            Interlocked.Or(ref word, bit);
        }

        return pixels;
    }

    /// <summary>Whether the pixels of an image are those that were packed.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public bool IsWhole(int index)
    {
        CheckIndex(index);
        var pixels = Section(PackLayout.HeaderBytes + ((long)index * _layout.ImageBytes), _layout.ImageBytes);
        return Digest(pixels).AsSpan().SequenceEqual(StoredDigest(index));
    }

    /// <inheritdoc/>
    public string Key(int index)
    {
        CheckIndex(index);
        var begin = index == 0 ? 0 : KeyEnd(index - 1);
        return Encoding.UTF8.GetString(Section(_layout.KeysOffset + begin, (int)(KeyEnd(index) - begin)));
    }

    /// <summary>Size of one image before it was resized, after its EXIF orientation was applied.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public (int Height, int Width) OriginalSize(int index)
    {
        CheckIndex(index);
        var size = Section(_layout.SizesOffset + (8L * index), 8);
        return (BinaryPrimitives.ReadInt32LittleEndian(size), BinaryPrimitives.ReadInt32LittleEndian(size[4..]));
    }

    /// <summary>Counts the images whose pixels also occur in another pack: evaluation images that training has seen.</summary>
    /// <param name="other">A pack of the same size.</param>
    public int CountSharedWith(PackedImages other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var digests = new HashSet<UInt128>(other.Count);
        for (var i = 0; i < other.Count; i++)
            digests.Add(BinaryPrimitives.ReadUInt128LittleEndian(other.StoredDigest(i)));
        var shared = 0;
        for (var i = 0; i < Count; i++)
            shared += digests.Contains(BinaryPrimitives.ReadUInt128LittleEndian(StoredDigest(i))) ? 1 : 0;
        return shared;
    }

    /// <summary>Unmaps the file. Spans handed out before must not be used any more.</summary>
    public void Dispose()
    {
        if (_start is null)
            return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>The digest of one image's pixels as packs store it.</summary>
    internal static byte[] Digest(ReadOnlySpan<byte> pixels) => SHA256.HashData(pixels)[..PackLayout.DigestBytes];

    private static PackedImages Map(string path, FileStream stream, PackLayout layout)
    {
        MemoryMappedFile? file = null;
        MemoryMappedViewAccessor? view = null;
        byte* start = null;
        try
        {
            file = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            view = file.CreateViewAccessor(0, layout.FileBytes, MemoryMappedFileAccess.Read);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            var pack = new PackedImages(path, file, view, layout, start + view.PointerOffset);
            pack.CheckTables();
            return pack;
        }
        catch
        {
            if (start is not null)
                view!.SafeMemoryMappedViewHandle.ReleasePointer();
            view?.Dispose();
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Keys must lie one after another inside their section, or a damaged table would read foreign memory.</summary>
    private void CheckTables()
    {
        var previous = 0L;
        for (var i = 0; i < Count; i++)
        {
            var end = KeyEnd(i);
            var size = OriginalSize(i);
            if (end < previous || end > _layout.KeysBytes || end - previous > int.MaxValue || size.Height < 1 || size.Width < 1)
                throw PackLayout.Failure(Path, $"has damaged tables: {PackLayout.Remedy}");
            previous = end;
        }

        if (previous != _layout.KeysBytes || _layout.SkippedBytes > int.MaxValue || !TablesAreWhole() || !IsFingerprinted())
            throw PackLayout.Failure(Path, $"has damaged tables: {PackLayout.Remedy}");
    }

    private bool TablesAreWhole()
    {
        if (_layout.TablesChecksum.All(b => b == 0)) return true;
        var checksum = new XxHash128();
        for (var offset = _layout.SizesOffset; offset < _layout.FileBytes; offset += TablesBlock)
            checksum.Append(Section(offset, (int)Math.Min(TablesBlock, _layout.FileBytes - offset)));
        return checksum.GetCurrentHash().AsSpan().SequenceEqual(_layout.TablesChecksum);
    }

    /// <summary>Keys and digests give the fingerprint, and the digests vouch for the pixels.</summary>
    private bool IsFingerprinted()
    {
        using var fingerprint = new PackFingerprint(Height, Width);
        var begin = 0L;
        for (var i = 0; i < Count; i++)
        {
            var end = KeyEnd(i);
            fingerprint.Add(Section(_layout.KeysOffset + begin, (int)(end - begin)), StoredDigest(i));
            begin = end;
        }

        return fingerprint.Complete().AsSpan().SequenceEqual(_layout.Fingerprint);
    }

    private long KeyEnd(int index) => BinaryPrimitives.ReadInt64LittleEndian(Section(_layout.KeyEndsOffset + (8L * index), 8));

    private ReadOnlySpan<byte> StoredDigest(int index) =>
        Section(_layout.DigestsOffset + ((long)PackLayout.DigestBytes * index), PackLayout.DigestBytes);

    private ReadOnlySpan<byte> Section(long offset, int length)
    {
        var start = _start;
        ObjectDisposedException.ThrowIf(start is null, this);
        return new ReadOnlySpan<byte>(start + offset, length);
    }

    private void CheckIndex(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _layout.Count);
    }
}
