using System.Text;

namespace Autodidact.Files;

/// <summary>
/// Opens and reads files of users. Only regular files are opened, so no pipe can make the program wait and no device can fill its memory.
/// Every read has a limit that is compared with the file's size first.
/// </summary>
/// <remarks>
/// All methods throw <see cref="FileNotFoundException"/>, <see cref="UnauthorizedAccessException"/> or another <see cref="IOException"/>,
/// as .NET's own do. A refusal is an <see cref="UnreadableFileException"/>. They never throw <see cref="ArgumentException"/>: a name that
/// no file can have comes from a user too.
/// </remarks>
internal static class RegularFile
{
    /// <summary>Most bytes of a record, manifest or experiment file: a hundred times the largest that the program writes.</summary>
    public const long MostRecordBytes = 64L << 20;

    private const int DefaultBuffer = 1 << 12;
    private const int Block = 1 << 20;

    /// <summary>Opens a file for reading, whatever other processes do with it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bufferSize">Bytes that the stream reads ahead; 0 for none.</param>
    public static FileStream Open(string path, int bufferSize = DefaultBuffer)
    {
        CheckName(path);
        if (OperatingSystem.IsLinux())
        {
            var handle = LinuxFile.Open(path);
            try
            {
                return new FileStream(handle, FileAccess.Read, bufferSize);
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }

        if (Directory.Exists(path)) throw new UnreadableFileException("it is a folder, not a file");
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize);
        if (stream.CanSeek) return stream;
        stream.Dispose();
        throw new UnreadableFileException("it is a pipe or a device, not a file");
    }

    /// <summary>Refuses what <see cref="Open"/> would refuse, for a library that opens the file by itself.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostBytes">Most bytes it may have.</param>
    public static void Require(string path, long mostBytes)
    {
        using var stream = Open(path, bufferSize: 0);
        CheckSize(stream, mostBytes);
    }

    /// <summary>All bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostBytes">Most bytes it may have; a larger one is refused before any of it is read.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static byte[] ReadAll(string path, long mostBytes, CancellationToken cancellationToken = default)
    {
        using var stream = Open(path, bufferSize: 0);
        CheckSize(stream, mostBytes);
        return ReadAll(stream, cancellationToken);
    }

    /// <summary>All bytes of an open file, as many as it has now.</summary>
    /// <param name="stream">The file, at its beginning.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static byte[] ReadAll(FileStream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var bytes = new byte[stream.Length];
        for (var done = 0; done < bytes.Length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = bytes.AsSpan(done, Math.Min(Block, bytes.Length - done));
            stream.ReadExactly(part);
            done += part.Length;
        }

        return bytes;
    }

    /// <summary>A file's text: UTF-8, or what its byte order mark says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mostBytes">Most bytes it may have.</param>
    public static string ReadText(string path, long mostBytes)
    {
        using var reader = new StreamReader(new MemoryStream(ReadAll(path, mostBytes)), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static void CheckSize(FileStream stream, long mostBytes)
    {
        if (stream.Length > mostBytes)
            throw new UnreadableFileException($"too large: {stream.Length} bytes, the limit is {mostBytes} bytes");
    }

    private static void CheckName(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0) throw new UnreadableFileException("its name is empty");
        if (path.Contains('\0', StringComparison.Ordinal)) throw new UnreadableFileException("its name holds a NUL character");
    }
}
