using System.Security.Cryptography;
using System.Text;

namespace Autodidact.Images;

/// <summary>An image a source has listed but not read yet.</summary>
/// <param name="Key">Name with forward slashes.</param>
/// <param name="Label">Class name, if any.</param>
/// <param name="Locator">Where the source finds it again: a file's path, an entry's name.</param>
/// <param name="Bytes">Encoded size.</param>
/// <param name="State">Changes when the content may have changed: a modification time, a checksum.</param>
/// <param name="Problem">Why it cannot be read, if that is known already.</param>
internal sealed record SourceItem(string Key, string? Label, string Locator, long Bytes, string State, string? Problem = null)
{
    /// <summary>Whether it is no image but a folder that cannot be looked into.</summary>
    public bool IsFolder { get; init; }

    /// <summary>The first folder of a key, or null if it lies in none.</summary>
    public static string? FirstFolder(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? null : key[..slash];
    }

    /// <summary>A stamp of the content of a list of items, whatever folder or archive they lie in.</summary>
    public static string Stamp(IReadOnlyList<SourceItem> items)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var item in items)
            hash.AppendData(Encoding.UTF8.GetBytes($"{item.Key}\0{item.Label}\0{item.Bytes}\0{item.State}\0{item.Problem}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
