using System.Numerics;
using Autodidact.Numerics;

namespace Autodidact.Pretraining;

/// <summary>
/// Permutations that differ in many places: Noroozi &amp; Favaro, "Unsupervised learning of visual representations by solving jigsaw
/// puzzles", ECCV 2016, arXiv 1603.09246. The first is drawn at random; each next is the one not yet chosen whose mean Hamming distance to
/// all chosen is largest.
/// </summary>
/// <remarks>
/// Of equals the first in lexicographic order. It is a pure function; the time grows with <c>items! * count</c>: 9 items and 1000
/// permutations take some tenths of a second.
/// </remarks>
internal static class PermutationSet
{
    /// <summary>Most items: all their permutations are looked at.</summary>
    public const int MostItems = 9;

    private const int Bits = 4;

    /// <summary>Permutations of so many items.</summary>
    /// <param name="items">1 to <see cref="MostItems"/>.</param>
    public static int Count(int items)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items, MostItems);
        return Enumerable.Range(1, items).Aggregate(1, (product, i) => product * i);
    }

    /// <summary>Chooses permutations.</summary>
    /// <param name="items">Items to permute, 1 to <see cref="MostItems"/>.</param>
    /// <param name="count">How many; at most all.</param>
    /// <param name="seed">Of the first.</param>
    /// <returns>Each a permutation of 0 to items - 1, no two alike, in the order of choice.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public static int[][] Choose(int items, int count, ulong seed)
    {
        var random = new CounterRandom(seed);
        return ChooseFrom(random.NextInt32(Count(items)), items, count);
    }

    /// <summary>The same, begun with the permutation of a place in lexicographic order.</summary>
    internal static int[][] ChooseFrom(int first, int items, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count(items));
        var all = All(items);
        var distances = new int[all.Length];
        var next = first;
        var chosen = new int[count][];
        for (var i = 0; i < count; i++)
        {
            chosen[i] = Unpack(all[next], items);
            distances[next] = int.MinValue;
            next = Farthest(all, distances, all[next]);
        }

        return chosen;
    }

    /// <summary>
    /// Adds everyone's distance to the newest, and finds the largest sum; as many terms are in each, so the largest mean has it too.
    /// </summary>
    private static int Farthest(ulong[] all, int[] distances, ulong newest)
    {
        var best = 0;
        for (var i = 0; i < all.Length; i++)
        {
            // The distance of a chosen permutation stays below 0.
            distances[i] += Distance(all[i], newest);
            if (distances[i] > distances[best]) best = i;
        }

        return best;
    }

    /// <summary>Places in which two differ.</summary>
    private static int Distance(ulong a, ulong b)
    {
        var x = a ^ b;
        x |= x >> 2;
        x |= x >> 1;
        return BitOperations.PopCount(x & 0x1111_1111_1111_1111);
    }

    /// <summary>All, in lexicographic order, four bits an item; the first item in the lowest bits.</summary>
    private static ulong[] All(int items)
    {
        var all = new ulong[Count(items)];
        int[] current = [.. Enumerable.Range(0, items)];
        for (var i = 0; i < all.Length; i++)
        {
            for (var item = 0; item < items; item++) all[i] |= (ulong)current[item] << (Bits * item);
            Advance(current);
        }

        return all;
    }

    private static void Advance(int[] permutation)
    {
        var pivot = permutation.Length - 2;
        while (pivot >= 0 && permutation[pivot] > permutation[pivot + 1]) pivot--;
        if (pivot < 0) return;
        var successor = permutation.Length - 1;
        while (permutation[successor] < permutation[pivot]) successor--;
        (permutation[pivot], permutation[successor]) = (permutation[successor], permutation[pivot]);
        Array.Reverse(permutation, pivot + 1, permutation.Length - pivot - 1);
    }

    private static int[] Unpack(ulong packed, int items) =>
        [.. Enumerable.Range(0, items).Select(item => (int)((packed >> (Bits * item)) & 0xF))];
}
