using System.Globalization;

namespace Autodidact.Images;

/// <summary>Lists the image files below a folder. Every real folder is visited once, however many links lead to it, so loops end.</summary>
/// <remarks>
/// What lies too deep is one item with the problem, and so is a way into a folder that the system makes up of its processes and devices.
/// </remarks>
internal sealed class FolderWalk
{
    /// <summary>Most folders between the one that is listed and an image.</summary>
    internal const int MostLevels = 256;

    private const char ReplacementSign = '\uFFFD';
    private const string MemoryFiles = "/dev/shm/";

    /// <summary>Their files come and go while they are listed, and lead back to all others. Memory files are the exception.</summary>
    private static readonly string[] _madeUp = OperatingSystem.IsWindows() ? [] : ["/proc/", "/sys/", "/dev/"];

    private readonly CancellationToken _cancellationToken;
    private readonly string? _allowed;
    private readonly ItemList _items = new();
    private readonly HashSet<string> _visited = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _links = new(StringComparer.Ordinal);

    private FolderWalk(string root, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        _allowed = MadeUp(Path.GetFullPath(root));
    }

    /// <summary>All images, sorted by key.</summary>
    /// <exception cref="AutodidactException">The folder does not exist or cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<SourceItem> List(string root, CancellationToken cancellationToken = default)
    {
        var items = ListWithProblems(root, cancellationToken);
        return items is [{ Key: "", Problem: { } problem }]
            ? throw new AutodidactException(FailureKind.Data, $"folder {root}: {problem}")
            : items;
    }

    /// <summary>All images, sorted by key. A folder that cannot be read is one item with the problem, and an empty key.</summary>
    /// <exception cref="AutodidactException">The folder does not exist.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<SourceItem> ListWithProblems(string root, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(root))
            throw new AutodidactException(FailureKind.Data, $"folder {root} does not exist: check the path");
        var walk = new FolderWalk(root, cancellationToken);
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
        // Only the first folder's path is resolved. Below it, a folder's real path is that of its parent and its name.
        var pending = new Stack<(string Path, string Key, string? Real)>([(path, key, null)]);
        while (pending.TryPop(out var folder))
        {
            try
            {
                var real = folder.Real ?? RealPath(folder.Path);
                if (!_visited.Add(real))
                    continue;
                if (Refusal(folder.Key, real) is { } problem)
                {
                    _items.AddUnreadableFolder(folder.Key, folder.Path, problem);
                    continue;
                }

                foreach (var entry in new DirectoryInfo(folder.Path).EnumerateFileSystemInfos())
                {
                    _cancellationToken.ThrowIfCancellationRequested();
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
                        pending.Push((entry.FullName, entryKey, Path.Combine(real, entry.Name)));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _items.AddUnreadableFolder(folder.Key, folder.Path, $"the folder cannot be read ({OneLine.From(e.Message)})");
            }
        }
    }

    /// <summary>Why a folder is not looked into; null where it is.</summary>
    private string? Refusal(string key, string real)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (key.Length > 0 && key.AsSpan().Count('/') >= MostLevels)
            return $"it lies more than {MostLevels} folders deep: move it up";
        return MadeUp(real) is { } madeUp && madeUp != _allowed
            ? $"it leads into {madeUp}, which holds no pictures: remove the link"
            : null;
    }

    private static string? MadeUp(string real)
    {
        var path = Path.TrimEndingDirectorySeparator(real) + Path.DirectorySeparatorChar;
        return path.StartsWith(MemoryFiles, StringComparison.Ordinal) ? null
            : Array.Find(_madeUp, start => path.StartsWith(start, StringComparison.Ordinal));
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
