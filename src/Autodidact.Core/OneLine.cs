namespace Autodidact;

/// <summary>Turns a library's message of several lines into a reason that fits one line of a table.</summary>
internal static class OneLine
{
    private const int MaxLength = 160;

    /// <summary>Joins the distinct lines of a message and shortens it.</summary>
    public static string From(string message)
    {
        var lines = message
            .Split(['\n', '\r', '\u0085', '\u2028', '\u2029'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Distinct(StringComparer.Ordinal);
        var text = string.Join("; ", lines);
        text = text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength - 3), "...");

        // Text of a file can end up on a terminal, which obeys escape sequences.
        return text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
    }
}
