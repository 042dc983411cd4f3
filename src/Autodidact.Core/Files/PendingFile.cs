namespace Autodidact.Files;

/// <summary>
/// A file that is being written beside its target and takes its place when it is committed; until then, and if it never is, the target
/// stays as it was. For content that arrives over time; AtomicFile writes content that is at hand.
/// </summary>
internal sealed class PendingFile : IDisposable
{
    private readonly string _temporary;
    private readonly FileStream _stream;

    /// <summary>Begins a file.</summary>
    /// <param name="path">The target; its directory is created where missing.</param>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public PendingFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        Path = path;
        _temporary = TemporaryFile.NameFor(path);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
            _stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1 << 20);
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

    /// <summary>Flushes what was written to the disk and renames it over the target.</summary>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public void Commit() => Write(_ =>
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_temporary, Path, overwrite: true);
    });

    /// <summary>Drops what was not committed.</summary>
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

        TemporaryFile.Delete(_temporary);
    }
}
