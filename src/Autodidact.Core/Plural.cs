using System.Globalization;

namespace Autodidact;

/// <summary>Counts with the right form of their noun: <c>1 image</c>, <c>2,000 images</c>.</summary>
internal static class Plural
{
    /// <summary>A count and its noun.</summary>
    /// <param name="count">How many.</param>
    /// <param name="noun">The noun in the singular.</param>
    /// <param name="several">The plural, where it is not formed by the common rules.</param>
    public static string Of(long count, string noun, string? several = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? noun : several ?? Several(noun))}");

    /// <summary>A noun in the singular with its article, which its first letter decides: <c>a run directory</c>, <c>an image</c>.</summary>
    /// <param name="noun">The noun, or words that begin with it.</param>
    public static string One(string noun) => (noun.Length > 0 && IsVowel(noun[0]) ? "an " : "a ") + noun;

    private static string Several(string noun)
    {
        var hisses = noun is [.., 's' or 'x'] or [.., 'c' or 's', 'h'];
        return hisses ? noun + "es" : noun is [.., var before, 'y'] && !IsVowel(before) ? noun[..^1] + "ies" : noun + "s";
    }

    private static bool IsVowel(char letter) => char.ToLowerInvariant(letter) is 'a' or 'e' or 'i' or 'o' or 'u';
}
