namespace Autodidact.Images;

/// <summary>Even samples of positions: sets lie sorted by class, so their first images are of one class.</summary>
internal static class EvenSample
{
    /// <summary>Takes positions at equal distances; all of them where there are no more than asked for.</summary>
    /// <param name="positions">The positions.</param>
    /// <param name="count">How many to take.</param>
    public static int[] Of(int[] positions, int count) => positions.Length <= count
        ? positions
        : [.. Enumerable.Range(0, count).Select(i => positions[(int)((long)i * positions.Length / count)])];
}
