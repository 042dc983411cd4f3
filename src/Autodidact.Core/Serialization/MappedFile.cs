using System.IO.MemoryMappedFiles;
using Autodidact.Files;

namespace Autodidact.Serialization;

/// <summary>
/// A whole file in memory, for reading, larger than 2 GiB or not: the operating system loads the pages that are touched and drops them
/// again.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private byte* _start;
    private BlockGuard? _guard;

    private MappedFile(string path, MemoryMappedFile? file, MemoryMappedViewAccessor? view, long length)
    {
        Path = path;
        Length = length;
        _file = file;
        _view = view;
        view?.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += view?.PointerOffset ?? 0;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>
    /// Bytes of the file when it was opened. It must not become shorter while it is mapped; renaming another over it does no harm.
    /// </summary>
    public long Length { get; }

    /// <summary>Maps a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">It cannot be opened; kind Data.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            using var stream = RegularFile.Open(path, bufferSize: 0);
            var length = stream.Length;
            if (length == 0)
            {
                // Nothing can be mapped.
                return new MappedFile(path, null, null, 0);
            }

            var file = MemoryMappedFile.CreateFromFile(
                stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            try
            {
                return new MappedFile(path, file, file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AutodidactException(FailureKind.Data, $"{path}: no such file: check the path", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: cannot be opened ({OneLine.From(e.Message)}): check the path and its permissions", e);
        }
    }

    /// <summary>From here on <see cref="Bytes"/> checks what it reads for the first time.</summary>
    /// <param name="digests">What the file was when it was written.</param>
    /// <param name="remedy">What a user does about a damaged file.</param>
    /// <exception cref="AutodidactException">The file has another length; kind Data.</exception>
    public void Guard(BlockDigests digests, string remedy)
    {
        if (digests.Length != Length)
        {
            throw new AutodidactException(
                FailureKind.Data,
                $"{Path}: damaged, or another file's: it has {Length} bytes and was written with {digests.Length}: {remedy}");
        }

        _guard = new BlockGuard(digests, first => new AutodidactException(
            FailureKind.Data, $"{Path}: damaged, or another file's: its bytes from {first} on are not those that were written: {remedy}"));
    }

    /// <summary>Some of the file's bytes; valid until it is disposed.</summary>
    /// <param name="offset">Where they begin.</param>
    /// <param name="length">How many.</param>
    /// <exception cref="AutodidactException">The file is guarded, and they are not what was written; kind Data.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int length)
    {
        var start = Start();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        _guard?.Check(start, offset, length);
        return new ReadOnlySpan<byte>(start + offset, length);
    }

    /// <summary>Reads the file from its beginning.</summary>
    public Stream Read()
    {
        var start = Start();
        return Length == 0 ? new MemoryStream() : new UnmanagedMemoryStream(start, Length);
    }

    /// <summary>Unmaps the file. Spans handed out before must not be used any more.</summary>
    public void Dispose()
    {
        if (_start is null)
        {
            return;
        }

        _start = null;
        _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file!.Dispose();
    }

    /// <summary>Read once: another thread could dispose the file between a check and a use.</summary>
    private byte* Start()
    {
        var start = _start;
        ObjectDisposedException.ThrowIf(start is null && Length > 0, this);
        return start;
    }
}
