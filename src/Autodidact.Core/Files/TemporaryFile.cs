namespace Autodidact.Files;

/// <summary>
/// Files and folders that are being written beside their targets: their names, and their removal after a writer was killed. A name ends in
/// 32 hexadecimal digits and <c>.tmp</c>, so that a user's own <c>.tmp</c> file is never taken for one.
/// </summary>
internal static class TemporaryFile
{
    private const string Extension = ".tmp";
    private const int SuffixLength = 1 + 32 + 4;

    /// <summary>A name beside a file that no other writer uses.</summary>
    /// <param name="path">The file.</param>
    public static string NameFor(string path) => NameFor(path, Guid.NewGuid());

    /// <summary>The name beside a file that belongs to one change.</summary>
    /// <param name="path">The file.</param>
    /// <param name="change">Names the change.</param>
    public static string NameFor(string path, Guid change) => $"{path}.{change:N}{Extension}";

    /// <summary>Removes the temporary files and folders of one target, except those that a living writer holds open.</summary>
    /// <param name="path">The target.</param>
    public static void RemoveBeside(string path)
    {
        var full = Path.GetFullPath(path);
        var target = Path.GetFileName(full);
        Remove(Path.GetDirectoryName(full)!, recursive: false, name => TargetOf(name) == target);
    }

    /// <summary>Removes the temporary files and folders of all targets in a directory and below it, except those held open.</summary>
    /// <param name="directory">The directory.</param>
    public static void RemoveBelow(string directory) => Remove(directory, recursive: true, name => TargetOf(name) is not null);

    /// <summary>Removes a file if that can be done.</summary>
    /// <param name="path">The file.</param>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A leftover is harmless and removed by the next writer; the failure that led here matters more.
        }
    }

    /// <summary>Removes a folder if that can be done.</summary>
    /// <param name="path">The folder.</param>
    public static void DeleteFolder(string path)
    {
        try
        {
            if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As with files.
        }
    }

    /// <summary>The name of the target of a temporary file; null where <see cref="NameFor(string)"/> did not make the name.</summary>
    private static string? TargetOf(string name)
    {
        var target = name;
        while (target.Length > SuffixLength && target.EndsWith(Extension, StringComparison.Ordinal) && target[^SuffixLength] == '.'
            && target.AsSpan(target.Length - SuffixLength + 1, 32).IndexOfAnyExcept("0123456789abcdef") < 0)
        {
            target = target[..^SuffixLength];
        }

        return target.Length < name.Length ? target : null;
    }

    private static void Remove(string directory, bool recursive, Func<string, bool> isLeftover)
    {
        // Links are passed over: they were not made here, and lead elsewhere.
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = recursive,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = true,
        };
        try
        {
            // Listed before the first is removed: a listing may pass over entries while others go.
            string[] leftovers =
                [.. Directory.EnumerateFileSystemEntries(directory, "*", options).Where(e => isLeftover(Path.GetFileName(e)))];
            foreach (var entry in leftovers)
            {
                if (Directory.Exists(entry))
                    DeleteFolder(entry);
                else
                    DeleteUnlessHeld(entry);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed keeps its leftovers; whatever is to be written there tells what is wrong with it.
        }
    }

    /// <summary>A living writer holds its file. Where the file system cannot tell that, all files stay.</summary>
    private static void DeleteUnlessHeld(string path)
    {
        try
        {
            // Anybody can give a pipe such a name, and opening one waits.
            RegularFile.Require(path, long.MaxValue);
            using var held = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 0);
            if (!OperatingSystem.IsWindows() && !HeldFile.Is(path)) return;
            if (!OperatingSystem.IsWindows()) File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }

        if (OperatingSystem.IsWindows()) Delete(path);
    }
}
