namespace Autodidact.Files;

/// <summary>
/// A file that is being written beside its target and takes its place when it is committed; until then, and if it never is, the target
/// stays as it was. For content that arrives over time; AtomicFile writes content that is at hand.
/// </summary>
internal sealed class PendingFile : IDisposable
{
    /// <summary>Another process may take a file for a leftover in the instant between its creation and its lock.</summary>
    private const int Tries = 3;

    private readonly string _temporary;
    private readonly FileStream _stream;
    private bool _closed;

    /// <summary>Begins a file. What a killed writer of the same target left is removed.</summary>
    /// <param name="path">The target; its directory is created where missing.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public PendingFile(string path)
        : this(path, change: null)
    {
    }

    /// <summary>Begins a file of a change of several, which puts it into its place.</summary>
    /// <param name="path">The target; its directory is created where missing.</param>
    /// <param name="change">Names the change; null is one of this file alone.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    internal PendingFile(string path, Guid? change)
    {
        ArgumentNullException.ThrowIfNull(path);
        Path = path;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            RefuseDevice(path);
            if (change is null) TemporaryFile.RemoveBeside(path);
            (_temporary, _stream) = Create(path, change);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Of(path, e);
        }
    }

    /// <summary>The target.</summary>
    public string Path { get; }

    /// <summary>
    /// The file that takes the content. Its failures are plain <see cref="IOException"/>s; <see cref="Write"/> puts them into words.
    /// </summary>
    public FileStream Stream => _stream;

    /// <summary>Writes to the file.</summary>
    /// <param name="write">Writes.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public void Write(Action<FileStream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        try
        {
            write(_stream);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiskFailure.Of(Path, e);
        }
    }

    /// <summary>
    /// Flushes what was written to the disk, and closes the file; it stays beside its target, and whoever began the change puts it there.
    /// </summary>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public void Close() => Write(_ =>
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        _closed = true;
    });

    /// <summary>Flushes what was written to the disk, renames it over the target, and flushes the new name too.</summary>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public void Commit() => Commit(FolderFlush.Of);

    internal void Commit(Action<string> flushFolder) => Write(_ =>
    {
        _stream.Flush(flushToDisk: true);

        // Renamed while it is open, and so locked: nobody can take it for a leftover. Windows refuses to rename an open file.
        if (OperatingSystem.IsWindows()) _stream.Dispose();
        File.Move(_temporary, Path, overwrite: true);
        _stream.Dispose();
        flushFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
    });

    /// <summary>Drops what was neither committed nor closed.</summary>
    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // Content that could not be flushed is dropped anyway; the failure that led here matters more.
        }

        if (!_closed) TemporaryFile.Delete(_temporary);
    }

    /// <summary>A rename would put a file into the place of a pipe or a device, which nobody means.</summary>
    private static void RefuseDevice(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path)) return;
        try
        {
            RegularFile.Require(path, long.MaxValue);
        }
        catch (Exception e) when (e is FileNotFoundException or UnauthorizedAccessException)
        {
            // Gone just now, or a file that may be replaced but not read.
        }
    }

    private static (string Name, FileStream Stream) Create(string path, Guid? change)
    {
        for (var attempt = 1; ; attempt++)
        {
            var name = TemporaryFile.NameFor(path, change ?? Guid.NewGuid());
            try
            {
                return (name, new FileStream(name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 20));
            }
            catch (IOException e) when (change is null && attempt < Tries && HeldFile.IsReason(e))
            {
                // Taken for a leftover; the next name is another.
            }
        }
    }
}
