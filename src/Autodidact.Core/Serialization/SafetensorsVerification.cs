using System.Security.Cryptography;
using Autodidact.Files;

namespace Autodidact.Serialization;

/// <summary>Reads a safetensors file to its end, and compares it with the digests that it carries.</summary>
internal static class SafetensorsVerification
{
    private const int Block = 1 << 20;

    /// <summary>The state of a file; a file of another program carries no digest.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    public static FileCheck Of(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = new SafetensorsReader(path);
            SafetensorsDigest.RequireMetadata(path, reader.Metadata);
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[Block];
            foreach (var entry in reader.Entries)
            {
                for (long done = 0; done < entry.ByteCount;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var part = buffer.AsSpan(0, (int)Math.Min(Block, entry.ByteCount - done));
                    reader.Read(entry.Name, part, done);
                    digest.AppendData(part);
                    done += part.Length;
                }
            }

            SafetensorsDigest.RequireData(path, reader.Metadata, digest);
            return new FileCheck(
                path, reader.Metadata.ContainsKey(SafetensorsDigest.DataKey) ? FileState.Whole : FileState.Unrecorded);
        }
        catch (AutodidactException e) when (e.Kind == FailureKind.Data)
        {
            return FileCheck.Of(path, e.Message);
        }
    }
}
