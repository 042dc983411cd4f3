using System.Text;

namespace Autodidact.Images;

/// <summary>
/// Comma-separated values as RFC 4180 describes them: fields with commas, quotes or line breaks stand in quotes, quotes are doubled.
/// </summary>
internal static class Csv
{
    /// <summary>Appends one record.</summary>
    /// <param name="text">The text that grows.</param>
    /// <param name="fields">The record's fields, unquoted.</param>
    public static void AppendRow(StringBuilder text, params ReadOnlySpan<string> fields)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (i > 0)
                text.Append(',');
            AppendField(text, fields[i]);
        }

        text.Append('\n');
    }

    /// <summary>Reads records with the line each begins on. Blank lines are left out; line ends may be LF or CRLF.</summary>
    /// <param name="text">The whole file.</param>
    /// <exception cref="FormatException">A quoted field does not end, or text follows its closing quote.</exception>
    public static IEnumerable<(int Line, string[] Fields)> Read(string text)
    {
        var line = 1;
        var position = text.StartsWith('\uFEFF') ? 1 : 0;
        while (position < text.Length)
        {
            var start = line;
            var fields = new List<string>();
            do
                fields.Add(ReadField(text, ref position, ref line));
            while (Skip(text, ref position, ','));
            var ended = position == text.Length;
            ended |= Skip(text, ref position, '\r') | Skip(text, ref position, '\n');
            if (!ended)
                throw new FormatException($"line {line}: text follows a closing quote");
            line++;
            if (fields is not [""])
                yield return (start, fields.ToArray());
        }
    }

    private static void AppendField(StringBuilder text, string field)
    {
        if (field.AsSpan().IndexOfAny("\",\r\n") < 0)
            text.Append(field);
        else
            text.Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }

    private static string ReadField(string text, ref int position, ref int line)
    {
        if (!Skip(text, ref position, '"'))
        {
            var length = text.AsSpan(position).IndexOfAny(",\r\n");
            var end = length < 0 ? text.Length : position + length;
            var plain = text[position..end];
            position = end;
            return plain;
        }

        var opened = line;
        var field = new StringBuilder();
        while (position < text.Length)
        {
            var c = text[position++];
            if (c == '"' && !Skip(text, ref position, '"'))
                return field.ToString();
            if (c == '\n')
                line++;
            field.Append(c);
        }

        throw new FormatException($"line {opened}: a quoted field does not end");
    }

    private static bool Skip(string text, ref int position, char c)
    {
        if (position >= text.Length || text[position] != c)
            return false;
        position++;
        return true;
    }
}
