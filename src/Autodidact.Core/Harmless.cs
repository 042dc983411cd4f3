using System.Globalization;
using System.Text;

namespace Autodidact;

/// <summary>
/// Text from outside, such as a file's name or a value in a file, as a terminal may show it. A terminal obeys control characters: they
/// recolour, erase and forge lines, and some reach the clipboard. Bidirectional controls show text in another order than it has. Each of
/// them is shown as its escape, such as <c>\u001b</c> or <c>\n</c>; everything else stays, so names stay recognisable.
/// </summary>
/// <remarks>JSON means the same with these escapes inside its strings, and has such characters nowhere else but between values.</remarks>
internal static class Harmless
{
    /// <summary>Longer than any path.</summary>
    private const int LongestMessage = 4_000;

    /// <summary>Text on one line: line breaks and tabs are escaped too.</summary>
    /// <param name="text">The text.</param>
    public static string Line(string text) => IsHarmless(text) ? text : Escape(text, keepsLines: false);

    /// <summary>A message on one line, without the middle of a value that nobody would read.</summary>
    /// <param name="text">The message.</param>
    public static string Message(string text)
    {
        var line = Line(text);
        const int Half = LongestMessage / 2;
        return line.Length <= LongestMessage ? line : $"{line.AsSpan(0, Half)} … {line.AsSpan(line.Length - Half)}";
    }

    /// <summary>Text of several lines: its line feeds stay, and carriage returns before them.</summary>
    /// <param name="text">The text.</param>
    public static string Lines(ReadOnlySpan<char> text) => IsHarmless(text) ? text.ToString() : Escape(text, keepsLines: true);

    /// <summary>Whether a terminal obeys a character instead of showing it.</summary>
    /// <param name="character">The character.</param>
    public static bool IsObeyed(char character) => char.IsControl(character)
        || character is '\u061c' or '\u200e' or '\u200f' or '\u2028' or '\u2029'
            or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private static bool IsHarmless(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (IsObeyed(character)) return false;
        }

        return true;
    }

    private static string Escape(ReadOnlySpan<char> text, bool keepsLines)
    {
        var shown = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            var endsLine = character == '\n' || (character == '\r' && i + 1 < text.Length && text[i + 1] == '\n');
            if (!IsObeyed(character) || (keepsLines && endsLine)) shown.Append(character);
            else if (character is '\n' or '\r' or '\t') shown.Append(character == '\n' ? "\\n" : character == '\r' ? "\\r" : "\\t");
            else shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return shown.ToString();
    }
}
