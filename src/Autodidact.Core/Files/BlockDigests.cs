using System.Buffers.Binary;
using System.IO.Hashing;

namespace Autodidact.Files;

/// <summary>
/// Digests of a file, one a block, so that a part can be checked when it is first read. They are XXH3 of 64 bits: they find accidents
/// (a flipped bit, a part of another file) at the speed of the memory. They do not find forgery, which would change the digests too.
/// </summary>
internal sealed class BlockDigests
{
    /// <summary>Bytes of a block: small beside what a search reads, large beside its digest.</summary>
    public const int BlockBytes = 1 << 20;

    private readonly byte[] _digests;

    private BlockDigests(long length, byte[] digests) => (Length, _digests) = (length, digests);

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Number of blocks; the last may be shorter.</summary>
    public int Count => _digests.Length / sizeof(ulong);

    /// <summary>Digests of a file as it is.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static BlockDigests Of(string path)
    {
        using var stream = RegularFile.Open(path, bufferSize: 0);
        return Of(stream);
    }

    /// <summary>Digests of a stream to its end.</summary>
    /// <param name="stream">The stream.</param>
    public static BlockDigests Of(Stream stream)
    {
        using var digests = new MemoryStream();
        var block = new byte[BlockBytes];
        var digest = new byte[sizeof(ulong)];
        var length = 0L;
        while (stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) is > 0 and var read)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(digest, XxHash3.HashToUInt64(block.AsSpan(0, read)));
            digests.Write(digest);
            length += read;
        }

        return new BlockDigests(length, digests.ToArray());
    }

    /// <summary>Reads what <see cref="ToString"/> wrote; null where it is none of a file of this length.</summary>
    /// <param name="length">Bytes of the file.</param>
    /// <param name="text">The text.</param>
    public static BlockDigests? Parse(long length, string? text)
    {
        if (length < 0 || text is null) return null;
        var digests = new byte[(text.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(text, digests, out var written)
            && written == (length + BlockBytes - 1) / BlockBytes * sizeof(ulong)
            ? new BlockDigests(length, digests[..written])
            : null;
    }

    /// <summary>Whether a block is what it was.</summary>
    /// <param name="block">Number of the block, from 0.</param>
    /// <param name="bytes">All of its bytes.</param>
    public bool Matches(int block, ReadOnlySpan<byte> bytes) =>
        XxHash3.HashToUInt64(bytes) == BinaryPrimitives.ReadUInt64LittleEndian(_digests.AsSpan(block * sizeof(ulong)));

    /// <summary>The digests as text (base64).</summary>
    public override string ToString() => Convert.ToBase64String(_digests);

    /// <summary>The first byte of the first block that differs; null where all are the same.</summary>
    /// <param name="other">Digests of a file of the same length.</param>
    public long? FirstDifference(BlockDigests other)
    {
        for (var block = 0; block < Count; block++)
        {
            var own = _digests.AsSpan(block * sizeof(ulong), sizeof(ulong));
            if (!own.SequenceEqual(other._digests.AsSpan(block * sizeof(ulong), sizeof(ulong)))) return (long)block * BlockBytes;
        }

        return null;
    }
}
