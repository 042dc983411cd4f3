using System.Text;

namespace Autodidact.Reporting;

/// <summary>Tables and words as Markdown.</summary>
internal static class MarkdownTable
{
    /// <summary>Appends a table and the line before it.</summary>
    /// <param name="text">The text that grows.</param>
    /// <param name="header">Headings of the columns.</param>
    /// <param name="rows">The rows, as long as the header.</param>
    public static void Append(StringBuilder text, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        text.Append('\n');
        AppendRow(text, header);
        AppendRow(text, [.. header.Select(_ => "---")]);
        foreach (var row in rows) AppendRow(text, row);
    }

    /// <summary>Words that users wrote, so that they neither end a cell nor begin markup.</summary>
    /// <param name="words">The words, of one line.</param>
    public static string Escape(string words) => string.Concat(words.Select(c => c switch
    {
        '<' => "&lt;",
        '&' => "&amp;",
        '|' or '\\' or '`' or '*' or '_' or '[' or ']' or '!' => $"\\{c}",
        _ => c.ToString(),
    }));

    private static void AppendRow(StringBuilder text, IReadOnlyList<string> cells)
    {
        text.Append('|');
        foreach (var cell in cells) text.Append(cell.Length == 0 ? " |" : $" {cell} |");
        text.Append('\n');
    }
}
