namespace Autodidact.Files;

/// <summary>
/// A lock that is an empty file: its holder has it open alone, so that the system lets go of it when the process dies, however it dies. The
/// holder removes the file at the end; the next holder takes over one that a killed process left.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;

    private FileLock(string path, FileStream stream) => (_path, _stream) = (path, stream);

    /// <summary>Takes the lock of a target, or says that another process has it.</summary>
    /// <param name="path">The lock's file; its directory is created where missing.</param>
    /// <param name="target">The thing that is to be written, for messages.</param>
    /// <exception cref="AutodidactException">
    /// Another process writes the target (usage), or the disk refuses (environment).
    /// </exception>
    public static FileLock Take(string path, string target) => TryTake(path) ?? throw new AutodidactException(
        FailureKind.Usage, $"another process is writing {target}: wait for it, or choose another name");

    /// <summary>Takes a lock; null where another holds it.</summary>
    /// <param name="path">The lock's file; its directory is created where missing.</param>
    /// <exception cref="AutodidactException">The disk refuses; kind Environment.</exception>
    public static FileLock? TryTake(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            if (new FileInfo(path).LinkTarget is not null) throw InTheWay(path);
            while (LockFile.TryTake(path) is { } stream)
            {
                if (stream.Length == 0 && IsNamed(stream, path)) return new FileLock(path, stream);
                var foreign = stream.Length > 0;
                stream.Dispose();
                if (foreign) throw InTheWay(path);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Of(path, e);
        }
    }

    /// <summary>Removes the lock of a killed process, where that can be done; nothing is waited for.</summary>
    /// <param name="path">The lock's file.</param>
    public static void RemoveLeftover(string path)
    {
        if (!File.Exists(path)) return;
        try
        {
            TryTake(path)?.Dispose();
        }
        catch (AutodidactException)
        {
            // A folder that cannot be written keeps it; it is harmless.
        }
    }

    /// <summary>Removes the file and lets others in.</summary>
    public void Dispose()
    {
        // While it is held: a file that is removed later could be the next holder's. Windows refuses that, and refuses to remove one that
        // another holds, too.
        if (!OperatingSystem.IsWindows()) TemporaryFile.Delete(_path);
        _stream.Dispose();
        if (OperatingSystem.IsWindows()) TemporaryFile.Delete(_path);
    }

    private static AutodidactException InTheWay(string path) => new(
        FailureKind.Usage, $"{path} is in the way of a lock: move the file, or choose another name");

    /// <summary>
    /// Whether the open file still has its name: its last holder may have removed it after it was opened here and before it was locked.
    /// A time that only this holder sets tells.
    /// </summary>
    private static bool IsNamed(FileStream stream, string path)
    {
        var mark = DateTime.UnixEpoch.AddTicks(Random.Shared.NextInt64(TimeSpan.TicksPerDay * 10_000));
        File.SetLastWriteTimeUtc(stream.SafeFileHandle, mark);
        return File.Exists(path) && File.GetLastWriteTimeUtc(path) == File.GetLastWriteTimeUtc(stream.SafeFileHandle);
    }
}
