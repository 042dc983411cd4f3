using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Autodidact.Images;

/// <summary>The fingerprint of a pack: SHA-256 over the size, and the key and the digest of the pixels of each image.</summary>
internal sealed class PackFingerprint : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _number = new byte[8];

    /// <summary>Begins a fingerprint.</summary>
    /// <param name="height">Height of the images.</param>
    /// <param name="width">Width of the images.</param>
    public PackFingerprint(int height, int width)
    {
        AddNumber(height);
        AddNumber(width);
    }

    /// <summary>Adds an image.</summary>
    /// <param name="key">Its key, UTF-8.</param>
    /// <param name="digest">Digest of its pixels.</param>
    public void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> digest)
    {
        AddNumber(key.Length);
        _hash.AppendData(key);
        _hash.AppendData(digest);
    }

    /// <summary>The fingerprint of all images that were added.</summary>
    public byte[] Complete() => _hash.GetHashAndReset();

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private void AddNumber(int number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_number, number);
        _hash.AppendData(_number);
    }
}
