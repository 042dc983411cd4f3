using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Autodidact.Serialization;

/// <summary>
/// The digests that this program's safetensors files carry in their metadata. Files of other programs carry none, and pass.
/// </summary>
internal static class SafetensorsDigest
{
    /// <summary>Key of the SHA-256 of all tensors' bytes, in the order of the file.</summary>
    public const string DataKey = "sha256";

    /// <summary>Key of the SHA-256 of all other metadata; checkpoints alone have it.</summary>
    public const string MetadataKey = "metadata_sha256";

    /// <summary>SHA-256 of all metadata but <see cref="MetadataKey"/>, whatever their order.</summary>
    /// <param name="metadata">Free text by name.</param>
    public static string OfMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var (name, value) in metadata.Where(m => m.Key != MetadataKey).OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            foreach (var text in new[] { name, value })
            {
                // With the length before each text no two lists of texts are the same bytes.
                var bytes = Encoding.UTF8.GetBytes(text);
                BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
                digest.AppendData(length);
                digest.AppendData(bytes);
            }
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    /// <summary>Refuses metadata that are not those that were written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <exception cref="AutodidactException">The metadata do not match their digest; kind Data.</exception>
    public static void RequireMetadata(string path, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (metadata.TryGetValue(MetadataKey, out var expected) && expected != OfMetadata(metadata))
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: its metadata do not match their digest, it was damaged: write it again or choose another");
        }
    }

    /// <summary>Refuses data that are not those that were written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="digest">Has been given the bytes of all tensors, in the order of the file.</param>
    /// <exception cref="AutodidactException">The data do not match their digest; kind Data.</exception>
    public static void RequireData(string path, IReadOnlyDictionary<string, string> metadata, IncrementalHash digest)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(digest);
        if (metadata.TryGetValue(DataKey, out var expected) && expected != Convert.ToHexStringLower(digest.GetHashAndReset()))
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: its content does not match its digest, it was damaged: write it again or choose another");
        }
    }
}
