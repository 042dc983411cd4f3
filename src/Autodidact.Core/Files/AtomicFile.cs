using System.Text;

namespace Autodidact.Files;

/// <summary>Writes files that are there completely or not at all.</summary>
internal static class AtomicFile
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes UTF-8 text beside the target and renames it over the target.</summary>
    /// <param name="path">The file; its directory is created where missing.</param>
    /// <param name="text">The content.</param>
    public static void WriteText(string path, string text)
    {
        var bytes = _utf8.GetBytes(text);
        Write(path, stream => stream.Write(bytes));
    }

    /// <summary>
    /// Lets <paramref name="write"/> fill a file beside the target, flushes it to the disk and renames it over the target.
    /// </summary>
    /// <param name="path">The file; its directory is created where missing.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var file = new PendingFile(path);
        file.Write(write);
        file.Commit();
    }

    /// <summary>Removes what a killed writer of <paramref name="path"/> left behind; the file of a living one stays.</summary>
    /// <param name="path">The file.</param>
    public static void RemoveLeftovers(string path) => TemporaryFile.RemoveBeside(path);

    /// <summary>Removes what killed writers left anywhere in a directory; the files of living ones stay.</summary>
    /// <param name="directory">The directory.</param>
    public static void RemoveAllLeftovers(string directory) => TemporaryFile.RemoveBelow(directory);
}
