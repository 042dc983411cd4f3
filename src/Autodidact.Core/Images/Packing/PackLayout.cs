using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Autodidact.Images;

/// <summary>
/// The header of a pack and where its sections lie. Everything is little-endian; sections follow one another in this order, each on a
/// multiple of 8 bytes: header page, pixels, original sizes (2 x int32 an image), pixel digests (16 bytes an image), ends of the keys
/// (int64 an image), keys (UTF-8), skipped images (CSV, UTF-8).
/// </summary>
internal sealed record PackLayout
{
    /// <summary>Changes with every change of the layout.</summary>
    public const uint FormatVersion = 1;

    /// <summary>The header has a memory page of its own, so that the pixels begin on a page.</summary>
    public const int HeaderBytes = 4096;

    /// <summary>Bytes of one pixel digest: the first half of a SHA-256.</summary>
    public const int DigestBytes = 16;

    /// <summary>Bytes of the fingerprint, a SHA-256.</summary>
    public const int FingerprintBytes = SHA256.HashSizeInBytes;

    /// <summary>Bytes of the checksum of the tables, an XXH128; all zero in packs of versions that recorded none.</summary>
    public const int TablesChecksumBytes = 16;

    private const int RawPixels = 0;
    private const int VersionOffset = 8;
    private const int ChecksumOffset = 96;
    private const int TablesChecksumOffset = ChecksumOffset + SHA256.HashSizeInBytes;

    // Like PNG's: a text-mode transfer or a cut to seven bits breaks it.
    private static ReadOnlySpan<byte> Magic => [0x89, (byte)'A', (byte)'D', (byte)'P', (byte)'K', 0x0D, 0x0A, 0x1A];

    public required int Count { get; init; }

    public required int Height { get; init; }

    public required int Width { get; init; }

    public required int Duplicates { get; init; }

    public required long KeysBytes { get; init; }

    public required long SkippedBytes { get; init; }

    public required byte[] Fingerprint { get; init; }

    public required byte[] TablesChecksum { get; init; }

    public int ImageBytes => Height * Width * 3;

    public long SizesOffset => Align(HeaderBytes + ((long)Count * ImageBytes));

    public long DigestsOffset => SizesOffset + (8L * Count);

    public long KeyEndsOffset => DigestsOffset + ((long)DigestBytes * Count);

    public long KeysOffset => KeyEndsOffset + (8L * Count);

    public long SkippedOffset => Align(KeysOffset + KeysBytes);

    public long FileBytes => SkippedOffset + SkippedBytes;

    public static long Align(long offset) => (offset + 7) & ~7L;

    public byte[] ToHeader()
    {
        var page = new byte[HeaderBytes];
        Magic.CopyTo(page);
        Span<byte> span = page;
        BinaryPrimitives.WriteUInt32LittleEndian(span[VersionOffset..], FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(span[12..], RawPixels);
        BinaryPrimitives.WriteInt32LittleEndian(span[16..], Count);
        BinaryPrimitives.WriteInt32LittleEndian(span[20..], Height);
        BinaryPrimitives.WriteInt32LittleEndian(span[24..], Width);
        BinaryPrimitives.WriteInt32LittleEndian(span[28..], 3);
        BinaryPrimitives.WriteInt32LittleEndian(span[32..], Duplicates);
        BinaryPrimitives.WriteInt64LittleEndian(span[40..], KeysBytes);
        BinaryPrimitives.WriteInt64LittleEndian(span[48..], SkippedBytes);
        BinaryPrimitives.WriteInt64LittleEndian(span[56..], FileBytes);
        Fingerprint.CopyTo(span[64..]);
        SHA256.HashData(span[..ChecksumOffset], span[ChecksumOffset..]);

        // Outside what the header's checksum covers, so that programs that know nothing of it read the pack.
        TablesChecksum.CopyTo(span[TablesChecksumOffset..]);
        return page;
    }

    /// <summary>Reads a header and holds it against the length of the file.</summary>
    /// <exception cref="AutodidactException">No pack, a pack of another version, or a damaged one.</exception>
    public static PackLayout Read(ReadOnlySpan<byte> page, long fileBytes, string path)
    {
        if (page.Length < Magic.Length || !page.StartsWith(Magic))
            throw Failure(path, "is no pack of images: check the path");
        if (page.Length < HeaderBytes)
            throw Failure(path, $"is truncated ({fileBytes} bytes): {Remedy}");
        var version = BinaryPrimitives.ReadUInt32LittleEndian(page[VersionOffset..]);
        if (version != FormatVersion)
            throw Failure(path, $"has format {version}, this program reads {FormatVersion}: {Remedy}");
        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(page[..ChecksumOffset], checksum);
        if (!page.Slice(ChecksumOffset, SHA256.HashSizeInBytes).SequenceEqual(checksum))
            throw Failure(path, $"has a damaged header: {Remedy}");
        var layout = new PackLayout
        {
            Count = BinaryPrimitives.ReadInt32LittleEndian(page[16..]),
            Height = BinaryPrimitives.ReadInt32LittleEndian(page[20..]),
            Width = BinaryPrimitives.ReadInt32LittleEndian(page[24..]),
            Duplicates = BinaryPrimitives.ReadInt32LittleEndian(page[32..]),
            KeysBytes = BinaryPrimitives.ReadInt64LittleEndian(page[40..]),
            SkippedBytes = BinaryPrimitives.ReadInt64LittleEndian(page[48..]),
            Fingerprint = page.Slice(64, FingerprintBytes).ToArray(),
            TablesChecksum = page.Slice(TablesChecksumOffset, TablesChecksumBytes).ToArray(),
        };
        var kind = BinaryPrimitives.ReadInt32LittleEndian(page[12..]);
        var channels = BinaryPrimitives.ReadInt32LittleEndian(page[28..]);
        if (kind != RawPixels || channels != 3
            || layout is not { Count: > 0, Height: > 0 and < 1 << 14, Width: > 0 and < 1 << 14, KeysBytes: >= 0, SkippedBytes: >= 0 })
            throw Failure(path, $"has an impossible header: {Remedy}");
        var announced = BinaryPrimitives.ReadInt64LittleEndian(page[56..]);
        if (announced != layout.FileBytes)
            throw Failure(path, $"has an impossible header: {Remedy}");
        return fileBytes == announced
            ? layout
            : throw Failure(path, $"is {(fileBytes < announced ? "truncated" : "too long")} ({fileBytes} of {announced} bytes): {Remedy}");
    }

    public const string Remedy = "delete it and prepare the data again";

    public static AutodidactException Failure(string path, string what, Exception? cause = null) =>
        new(FailureKind.Data, $"pack {path} {what}", cause);
}
