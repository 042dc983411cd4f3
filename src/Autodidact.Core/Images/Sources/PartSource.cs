using System.Security.Cryptography;
using System.Text;

namespace Autodidact.Images;

/// <summary>Some of the images of a source that hands out all of them, in its order.</summary>
/// <param name="source">The source.</param>
/// <param name="description">Description of the part.</param>
/// <param name="keys">Keys of the images of the part.</param>
internal sealed class PartSource(IImageSource source, string description, IReadOnlySet<string> keys) : IImageSource
{
    public string Description => description;

    public int? ExpectedCount => keys.Count;

    /// <summary>Keys of all images of a source: what it lists, or what it hands out.</summary>
    public static string[] KeysOf(IImageSource source, CancellationToken cancellationToken) => source is ListedSource listed
        ? [.. listed.Items.Select(item => item.Key)]
        : [.. source.Enumerate(cancellationToken).Select(entry => entry.Key)];

    /// <summary>A part of a source; one that lists its images need not read the others.</summary>
    /// <param name="source">The source.</param>
    /// <param name="part">Name of the part.</param>
    /// <param name="keys">Keys of all its images, in its order.</param>
    /// <param name="chosen">Positions of the images of the part.</param>
    public static IImageSource Of(IImageSource source, string part, IReadOnlyList<string> keys, IReadOnlyList<int> chosen)
    {
        var description = $"{source.Description}:{part}";
        return source is ListedSource listed
            ? listed.With(description, [.. chosen.Select(i => listed.Items[i])])
            : new PartSource(source, description, chosen.Select(i => keys[i]).ToHashSet(StringComparer.Ordinal));
    }

    public string Stamp() => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{source.Stamp()}\n{string.Join('\n', keys.Order(StringComparer.Ordinal))}")));

    public IEnumerable<ImageEntry> Enumerate(CancellationToken cancellationToken = default) =>
        source.Enumerate(cancellationToken).Where(entry => keys.Contains(entry.Key));
}
