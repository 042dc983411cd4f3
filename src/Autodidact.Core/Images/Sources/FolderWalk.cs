using System.Globalization;

namespace Autodidact.Images;

/// <summary>Lists the image files below a folder. Every real folder is visited once, however many links lead to it, so loops end.</summary>
internal sealed class FolderWalk
{
    private const char ReplacementSign = '\uFFFD';

    private readonly ItemList _items = new();
    private readonly HashSet<string> _visited = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _links = new(StringComparer.Ordinal);

    /// <summary>All images, sorted by key.</summary>
    /// <exception cref="AutodidactException">The folder does not exist or cannot be read.</exception>
    public static IReadOnlyList<SourceItem> List(string root)
    {
        var items = ListWithProblems(root);
        return items is [{ Key: "", Problem: { } problem }]
            ? throw new AutodidactException(FailureKind.Data, $"folder {root}: {problem}")
            : items;
    }

    /// <summary>All images, sorted by key. A folder that cannot be read is one item with the problem, and an empty key.</summary>
    /// <exception cref="AutodidactException">The folder does not exist.</exception>
    public static IReadOnlyList<SourceItem> ListWithProblems(string root)
    {
        if (!Directory.Exists(root))
            throw new AutodidactException(FailureKind.Data, $"folder {root} does not exist: check the path");
        var walk = new FolderWalk();
        walk.Visit(Path.GetFullPath(root), string.Empty);

        // Links wait until the real folders are done: an image keeps its real name, and only what lies outside is added.
        while (walk._links.Count > 0)
        {
            var (key, path) = walk._links.First();
            walk._links.Remove(key);
            walk.Visit(path, key);
        }

        return walk._items.Sorted();
    }

    private void Visit(string path, string key)
    {
        var pending = new Stack<(string Path, string Key)>([(path, key)]);
        while (pending.TryPop(out var folder))
        {
            try
            {
                if (!_visited.Add(RealPath(folder.Path)))
                    continue;
                foreach (var entry in new DirectoryInfo(folder.Path).EnumerateFileSystemInfos())
                {
                    if (ItemList.IsHidden(entry.Name))
                        continue;
                    var entryKey = folder.Key.Length == 0 ? entry.Name : $"{folder.Key}/{entry.Name}";
                    if (!entry.Exists)
                        AddLost(entry, entryKey);
                    else if (entry is not DirectoryInfo)
                        AddFile(entry, entryKey);
                    else if (entry.LinkTarget is not null)
                        _links[entryKey] = entry.FullName;
                    else
                        pending.Push((entry.FullName, entryKey));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _items.AddUnreadableFolder(folder.Key, folder.Path, $"the folder cannot be read ({OneLine.From(e.Message)})");
            }
        }
    }

    /// <summary>Adds what the folder lists and its name does not lead to.</summary>
    private void AddLost(FileSystemInfo entry, string key)
    {
        // .NET puts this sign in place of bytes that are no text. A name that truly has it would have led to its file.
        var problem = entry.Name.Contains(ReplacementSign, StringComparison.Ordinal)
            ? "its name is not UTF-8: rename it"
            : "its name leads to nothing: it is gone, or its path is too long";
        if (entry is DirectoryInfo)
            _items.AddUnreadableFolder(key, entry.FullName, problem);
        else if (ItemList.IsImage(key))
            _items.Add(key, entry.FullName, 0, string.Empty, problem);
    }

    private void AddFile(FileSystemInfo entry, string key)
    {
        if (!ItemList.IsImage(key))
            return;
        FileSystemInfo target;
        try
        {
            target = entry.LinkTarget is null ? entry : entry.ResolveLinkTarget(returnFinalTarget: true) ?? entry;
        }
        catch (IOException e)
        {
            // A link that leads back to itself: the other files of the folder must not go with it.
            _items.Add(key, entry.FullName, 0, string.Empty, $"the link cannot be followed ({OneLine.From(e.Message)})");
            return;
        }

        var bytes = target is FileInfo { Exists: true } file ? file.Length : 0;
        _items.Add(key, entry.FullName, bytes, target.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The path without links in any of its parts: .NET resolves only the last one.</summary>
    private static string RealPath(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (Directory.ResolveLinkTarget(real, returnFinalTarget: true) is { } target)
                real = RealPath(target.FullName);
        }

        return real;
    }
}
