namespace Autodidact.Files;

/// <summary>
/// A claim on a folder or file that one process has at a time: the open handle of a file. The system lets go of it when its holder dies,
/// however it dies. The file stays behind, empty: removing it would let two processes hold "it" at once.
/// </summary>
internal static class LockFile
{
    /// <summary>Takes the claim; null where another process has it.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be opened for another reason, such as a read-only file system.</exception>
    /// <exception cref="UnauthorizedAccessException">The permission is missing.</exception>
    public static FileStream? TryTake(string path)
    {
        RefuseDevice(path);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (HeldFile.IsReason(e))
        {
            return null;
        }
    }

    /// <summary>A device or a pipe of that name is open to everybody at once, and so locks nothing.</summary>
    private static void RefuseDevice(string path)
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(path)) return;
        try
        {
            RegularFile.Require(path, long.MaxValue);
        }
        catch (FileNotFoundException)
        {
            // Its holder removed it just now.
        }
    }
}
