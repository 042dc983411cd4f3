using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Autodidact.Images;

/// <summary>
/// Divides images by a hash of their keys: no seed, no order and no label enters, so every run on the same images divides them alike.
/// </summary>
internal static class HoldOut
{
    /// <summary>
    /// Sets a fraction of the images aside for choices (schedules, thresholds). Those with the lowest hashes are held out: exactly the
    /// rounded count, at least one if there are two images, and never all of them.
    /// </summary>
    /// <param name="images">Images to divide; only their keys are read.</param>
    /// <param name="fraction">0 (hold out nothing) up to, but not including, 1.</param>
    /// <returns>Indices of both parts, ascending.</returns>
    public static (int[] Train, int[] HeldOut) Split(IImageSet images, double fraction)
    {
        ArgumentNullException.ThrowIfNull(images);
        var keys = new string[images.Count];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = images.Key(i);
        return Split(keys, fraction, "hold-out");
    }

    /// <summary>The same over keys.</summary>
    /// <param name="keys">A key for each image.</param>
    /// <param name="fraction">0 up to, but not including, 1.</param>
    /// <param name="purpose">
    /// Enters the hash. Two divisions by the same hash would overlap: the second would take nothing or
    /// everything.
    /// </param>
    internal static (int[] Train, int[] HeldOut) Split(IReadOnlyList<string> keys, double fraction, string purpose)
    {
        if (!(fraction is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "expected a fraction from 0 up to, but not including, 1");
        var count = fraction == 0 || keys.Count < 2
            ? 0
            : (int)Math.Clamp(Math.Round(fraction * keys.Count, MidpointRounding.AwayFromZero), 1, keys.Count - 1);
        return Split(keys, count, purpose);
    }

    /// <summary>
    /// The same for a number of images: those with the lowest hashes are the second part. A larger number takes what a smaller one takes,
    /// and more.
    /// </summary>
    /// <inheritdoc cref="Split(IReadOnlyList{string}, double, string)"/>
    /// <param name="keys">A key for each image.</param>
    /// <param name="count">How many, 0 to the number of keys.</param>
    /// <param name="purpose">Enters the hash.</param>
    internal static (int[] Left, int[] Taken) Split(IReadOnlyList<string> keys, int count, string purpose)
    {
        var order = new int[keys.Count];
        var hashes = new ulong[keys.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
            hashes[i] = Hash(purpose, keys[i]);
        }

        Array.Sort(order, (a, b) => hashes[a] != hashes[b] ? hashes[a].CompareTo(hashes[b]) : string.CompareOrdinal(keys[a], keys[b]));
        var taken = order[..count];
        var left = order[count..];
        Array.Sort(taken);
        Array.Sort(left);
        return (left, taken);
    }

    private static ulong Hash(string purpose, string key)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose}\0{key}"), digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }
}
