using System.Collections.Concurrent;
using System.IO.Hashing;

namespace Autodidact.Files;

/// <summary>
/// XXH128 of whole files: it finds accidents at the speed of the memory, and no forgery. A file is read once a process, and again where its
/// length or its time of writing has changed.
/// </summary>
internal static class FileChecksum
{
    private const int Block = 1 << 20;

    private static readonly ConcurrentDictionary<(string Path, long Length, DateTime Written), string> Known = [];

    /// <summary>The checksum as hexadecimal digits in lower case.</summary>
    /// <param name="path">The file; it must exist.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Of(string path)
    {
        var file = new FileInfo(path);
        return Known.GetOrAdd((file.FullName, file.Length, file.LastWriteTimeUtc), key => Compute(key.Path));
    }

    /// <summary>The checksum of a file of this content.</summary>
    /// <param name="content">The content.</param>
    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(XxHash128.Hash(content));

    /// <summary>The checksum of what lies on the disk now, whatever was read before.</summary>
    /// <param name="path">The file; it must exist.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Compute(string path)
    {
        using var stream = RegularFile.Open(path, bufferSize: 0);
        var hash = new XxHash128();
        var block = new byte[Block];
        while (stream.Read(block) is > 0 and var read) hash.Append(block.AsSpan(0, read));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
