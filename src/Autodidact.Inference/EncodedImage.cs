using Autodidact.Files;
using Autodidact.Images;

namespace Autodidact.Inference;

/// <summary>Reads encoded images: of files, and of streams, which are held to the decoder's limit while they are read.</summary>
internal static class EncodedImage
{
    private const int BlockBytes = 1 << 16;

    private static readonly int _mostBytes = new DecodeLimits().MaxBytes;

    /// <summary>All of a file.</summary>
    /// <exception cref="AutodidactException">It cannot be read; kind Data.</exception>
    public static byte[] Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return ReadFile(path, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>All of a file.</summary>
    /// <exception cref="AutodidactException">It cannot be read; kind Data.</exception>
    public static async Task<byte[]> ReadAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            return await Task.Run(() => ReadFile(path, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>A stream from where it stands to its end.</summary>
    /// <exception cref="ImageDecodeException">It is longer than an image may be.</exception>
    public static byte[] Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var all = new MemoryStream();
        var block = new byte[BlockBytes];
        while (stream.Read(block) is > 0 and var count)
        {
            Append(all, block.AsSpan(0, count));
        }

        return all.ToArray();
    }

    /// <summary>A stream from where it stands to its end.</summary>
    /// <exception cref="ImageDecodeException">It is longer than an image may be.</exception>
    public static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var all = new MemoryStream();
        var block = new byte[BlockBytes];
        while (await stream.ReadAsync(block, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            Append(all, block.AsSpan(0, count));
        }

        return all.ToArray();
    }

    /// <summary>All of a regular file that is no larger than an image may be.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="IOException">It cannot be read; <see cref="Problem"/> says why.</exception>
    public static byte[] ReadFile(string path, CancellationToken cancellationToken) =>
        RegularFile.ReadAll(path, _mostBytes, cancellationToken);

    /// <summary>Opens a regular file that is no larger than an image may be and, if it is large, begins as one.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be read; <see cref="Problem"/> says why.</exception>
    public static FileStream Open(string path)
    {
        var file = RegularFile.Open(path, bufferSize: 0);
        try
        {
            var tooLarge = file.Length > _mostBytes ? $"too large: {file.Length} bytes, the limit is {_mostBytes} bytes" : null;
            return (tooLarge ?? ImageFormats.Refuses(file)) is { } problem ? throw new UnreadableFileException(problem) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Why a file cannot be read, in one line.</summary>
    public static string Problem(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file: check the path",
        UnreadableFileException => exception.Message,
        _ => $"cannot be read ({OneLine.From(exception.Message)}): check the path and its permissions",
    };

    private static void Append(MemoryStream all, ReadOnlySpan<byte> block)
    {
        if (all.Length + block.Length > _mostBytes)
        {
            throw new ImageDecodeException($"too large: more than {_mostBytes} bytes, the limit of an image");
        }

        all.Write(block);
    }

    private static AutodidactException Unreadable(string path, Exception e) => new(FailureKind.Data, $"{path}: {Problem(e)}", e);
}
