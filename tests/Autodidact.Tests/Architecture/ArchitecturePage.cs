namespace Autodidact.Tests.Architecture;

/// <summary>
/// The table of docs/explanation/architecture.md: a row a folder of code, with the folders that it may use. These are named without the
/// root, as in <c>Models</c>.
/// </summary>
internal sealed class ArchitecturePage
{
    /// <summary>The namespace that all others lie in.</summary>
    public const string Root = "Autodidact";

    private const string Header = "| folder | holds | may use |";

    private ArchitecturePage(IReadOnlyList<(string Folder, IReadOnlyList<string> Uses)> rows) => Rows = rows;

    /// <summary>The folders, by their namespaces and from top to bottom, each with those that it may use.</summary>
    public IReadOnlyList<(string Folder, IReadOnlyList<string> Uses)> Rows { get; }

    public static ArchitecturePage Read() =>
        Parse(File.ReadAllText(Path.Combine(Repository.Root, "docs", "explanation", "architecture.md")));

    public static ArchitecturePage Parse(string page)
    {
        var lines = page.ReplaceLineEndings("\n").Split('\n').SkipWhile(line => line != Header).Skip(2);
        var rows = lines.TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|'));
        return new ArchitecturePage([.. rows.Select(cells => (Names(cells[1]).Single(), Uses(cells[3])))]);
    }

    /// <summary>
    /// The folder of a type: the longest that its namespace lies in, empty where there is none. Types of the root lie in the root alone,
    /// and no folder does; a type that has a row of its own counts as a folder.
    /// </summary>
    public string FolderOf(string type)
    {
        var plain = type.Split('+', '/', '`', '<')[0];
        var space = plain[..Math.Max(plain.LastIndexOf('.'), 0)];
        if (Rows.Any(row => row.Folder == plain)) return plain;
        var folders = Rows.Select(row => row.Folder).Where(folder => space == folder || IsBelow(folder));
        return folders.MaxBy(folder => folder.Length) ?? "";

        bool IsBelow(string folder) => folder != Root && space.StartsWith($"{folder}.", StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Uses(string cell) => [.. Names(cell).Select(name => $"{Root}.{name}")];

    private static IEnumerable<string> Names(string cell) =>
        cell.Split(',').Select(name => name.Trim().Trim('`')).Where(name => name.Length > 0);
}
