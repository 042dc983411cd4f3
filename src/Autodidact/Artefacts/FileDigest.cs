using System.Collections.Concurrent;
using System.Security.Cryptography;
using Autodidact.Files;

namespace Autodidact.Artefacts;

/// <summary>SHA-256 of files. A file is read once a process, and again where its length or its time of writing has changed.</summary>
internal static class FileDigest
{
    private static readonly ConcurrentDictionary<(string Path, long Length, DateTime Written), string> Known = [];

    /// <summary>The digest as hexadecimal digits in lower case.</summary>
    /// <param name="path">The file; it must exist.</param>
    /// <exception cref="AutodidactException">It cannot be read; kind Data.</exception>
    public static string Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return Known.GetOrAdd((file.FullName, file.Length, file.LastWriteTimeUtc), key =>
            {
                using var stream = RegularFile.Open(key.Path);
                return Convert.ToHexStringLower(SHA256.HashData(stream));
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AutodidactException(
                FailureKind.Data, $"{path}: cannot be read ({OneLine.From(e.Message)}): check the file and its permissions", e);
        }
    }
}
