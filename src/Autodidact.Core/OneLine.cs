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
        var text = Harmless.Line(string.Join("; ", lines));
        return text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength - 3), "...");
    }
}
