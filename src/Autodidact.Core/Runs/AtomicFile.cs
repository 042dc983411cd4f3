namespace Autodidact.Runs;

/// <summary>Writes a file so that a reader sees the old content or the new, never a part, whatever moment the process dies at.</summary>
public static class AtomicFile
{
    /// <summary>Writes beside the target, flushes to the disk, then renames over it.</summary>
    /// <param name="path">The file to replace or create; its directory is created where missing.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var temporary = full + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, full, overwrite: true);
    }
}
