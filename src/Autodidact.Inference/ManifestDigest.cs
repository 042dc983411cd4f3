using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Autodidact.Inference;

/// <summary>
/// Digests of what a manifest says. They are of values, not of the text: whoever formats the file anew does not change them.
/// </summary>
internal static class ManifestDigest
{
    /// <summary>Name of the field that keeps the digest of all others.</summary>
    private const string Field = "digest";

    /// <summary>Digest of texts and numbers in their order.</summary>
    /// <param name="texts">The texts; null counts as an empty one.</param>
    /// <param name="numbers">The numbers.</param>
    public static string Of(IEnumerable<string?> texts, ReadOnlySpan<float> numbers = default)
    {
        var hash = new XxHash128();
        foreach (var text in texts)
        {
            hash.Append(Encoding.UTF8.GetBytes(text ?? ""));
            hash.Append([0]);
        }

        hash.Append(MemoryMarshal.AsBytes(numbers));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>Digest of all fields of a document but the digest itself; the order of names does not count.</summary>
    /// <param name="manifest">The document, an object.</param>
    public static string Of(JsonElement manifest) => Of(TextsOf(manifest, ""));

    /// <summary>Each value after its place. Null says as much as a field that is not there.</summary>
    private static IEnumerable<string?> TextsOf(JsonElement value, string place) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Where(p => place.Length > 0 || p.Name != Field)
            .OrderBy(p => p.Name, StringComparer.Ordinal).SelectMany(p => TextsOf(p.Value, $"{place}/{p.Name}")),
        JsonValueKind.Array => value.EnumerateArray()
            .SelectMany((element, i) => TextsOf(element, string.Create(CultureInfo.InvariantCulture, $"{place}/{i}"))),
        JsonValueKind.Null => [],
        JsonValueKind.String => [place, value.GetString()],
        JsonValueKind.Number => [place, TextOf(value)],
        _ => [place, value.GetRawText()],
    };

    /// <summary>The same for 1, 1.0 and 1e0.</summary>
    private static string TextOf(JsonElement number) => number.TryGetInt64(out var whole)
        ? whole.ToString(CultureInfo.InvariantCulture)
        : number.GetDouble().ToString("R", CultureInfo.InvariantCulture);
}
