using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Autodidact.Runs;

/// <summary>
/// Fingerprint of a stage's inputs: its options, its data, and the fingerprint of the stage before it, so that a change anywhere
/// up the chain is seen by every later stage.
/// </summary>
internal static class StageFingerprint
{
    /// <summary>Fingerprint of parts, in order: the first 16 bytes of a SHA-256 as hexadecimal digits.</summary>
    /// <param name="parts">The parts; how they are cut matters (<c>ab, c</c> and <c>a, bc</c> differ).</param>
    public static string Of(params IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }
}
