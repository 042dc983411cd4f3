using System.Globalization;
using System.Text.Json.Serialization;
using Autodidact.Files;

namespace Autodidact.Inference;

/// <summary>Digests of the files of an index beside its manifest.</summary>
/// <param name="Matrix">The features.</param>
/// <param name="Keys">The keys.</param>
/// <param name="InvertedFile">The inverted file; null where none was built.</param>
internal sealed record IndexParts(
    IndexPart Matrix,
    IndexPart Keys,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IndexPart? InvertedFile = null)
{
    /// <summary>The first thing that is wrong, or null.</summary>
    public string? Problem() =>
        Matrix?.Digests is null || Keys?.Digests is null || InvertedFile is { Digests: null } ? "its digests are damaged" : null;

    /// <summary>Everything that is said here.</summary>
    public IEnumerable<string> Texts() => new[] { Matrix, Keys, InvertedFile }.OfType<IndexPart>().SelectMany(part => part.Texts);
}

/// <summary>Digest of a file of an index.</summary>
/// <param name="Bytes">Its length.</param>
/// <param name="Xxh3">XXH3 of each block of 1 MiB (64 bits, little-endian), one after another, as base64.</param>
internal sealed record IndexPart(long Bytes, string Xxh3)
{
    /// <summary>The digests; null where they cannot be read.</summary>
    [JsonIgnore]
    public BlockDigests? Digests => BlockDigests.Parse(Bytes, Xxh3);

    /// <summary>Everything that is said here.</summary>
    [JsonIgnore]
    public IEnumerable<string> Texts => [Bytes.ToString(CultureInfo.InvariantCulture), Xxh3];

    /// <summary>Digests of a file as it is.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">It cannot be read; kind Environment.</exception>
    public static IndexPart Of(string path)
    {
        try
        {
            var digests = BlockDigests.Of(path);
            return new IndexPart(digests.Length, digests.ToString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Of(path, e);
        }
    }
}
