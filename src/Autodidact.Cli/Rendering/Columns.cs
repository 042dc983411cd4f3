namespace Autodidact.Cli.Rendering;

/// <summary>Two columns of text: a name, and its description wrapped in a column of its own.</summary>
internal static class Columns
{
    private const int Gap = 2;
    private const int WidestName = 44;

    public static IEnumerable<string> Lines(IEnumerable<(string Name, string Text)> rows, int width)
    {
        var all = rows.ToList();
        var indent = Math.Min(WidestName, all.Select(row => row.Name.Length).DefaultIfEmpty(0).Max()) + Gap;
        foreach (var (name, text) in all)
        {
            var first = name;
            if (name.Length + Gap > indent)
            {
                yield return name;
                first = "";
            }
            foreach (var line in Wrap(text, Math.Max(20, width - indent)))
            {
                yield return (first.PadRight(indent) + line).TrimEnd();
                first = "";
            }
        }
    }

    /// <summary>Breaks text between words; a word longer than the width stands alone.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        yield return line;
    }
}
