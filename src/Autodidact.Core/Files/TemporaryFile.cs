namespace Autodidact.Files;

/// <summary>Files that are being written beside their targets: their names, and their removal after a writer was killed.</summary>
internal static class TemporaryFile
{
    private const string Extension = ".tmp";

    /// <summary>A name beside a file that no other writer uses.</summary>
    public static string NameFor(string path) => $"{path}.{Guid.NewGuid():N}{Extension}";

    /// <summary>Removes the temporary files of one target.</summary>
    public static void RemoveBeside(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var file in Directory.EnumerateFiles(folder, $"{Path.GetFileName(path)}.*{Extension}"))
            Delete(file);
    }

    /// <summary>Removes the temporary files of all targets in a directory and below it.</summary>
    public static void RemoveBelow(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory, $"*{Extension}", SearchOption.AllDirectories).Where(IsTemporary))
            Delete(file);
    }

    /// <summary>Removes a file if that can be done.</summary>
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

    /// <summary>Whether <see cref="NameFor"/> made the name; a user's own file may end in <c>.tmp</c> too.</summary>
    private static bool IsTemporary(string path) =>
        Guid.TryParseExact(Path.GetExtension(Path.GetFileNameWithoutExtension(path)).TrimStart('.'), "N", out _);
}
