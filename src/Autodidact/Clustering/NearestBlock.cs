using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Autodidact.Clustering;

/// <summary>
/// Up to a few hundred prepared rows that fit the second-level cache, with the nearest and second-nearest centroid found so far.
/// One of a thread. Distances never leave it: each tile of products is reduced to minima while it is in the first-level cache.
/// </summary>
internal sealed unsafe class NearestBlock : IDisposable
{
    private const int CacheBytes = 192 * 1024;

    private readonly int _stride;
    private float* _values;

    /// <summary>Makes room for rows of a width.</summary>
    public NearestBlock(int dimensions)
    {
        Dimensions = dimensions;

        // Sixteen more than needed: rows a power of two apart would fall on the same few cache sets.
        _stride = ((dimensions + 15) / 16 * 16) + 16;
        Capacity = Math.Clamp(CacheBytes / (_stride * sizeof(float)) / ProductTile.Rows, 4, 64) * ProductTile.Rows;
        _values = (float*)NativeMemory.AlignedAlloc((nuint)(Capacity * _stride * sizeof(float)), 64);
        Rows = new int[Capacity];
        Slack = new float[Capacity];
        SquaredNorm = new float[Capacity];
        Threshold = new float[Capacity];
        OwnGroup = new int[Capacity];
        Nearest = new Candidate[Capacity];
        Second = new Candidate[Capacity];
        GroupLeast = new float[Capacity];
        GroupRest = new float[Capacity];
        Active = new int[Capacity];
    }

    /// <summary>Frees a block nobody disposed.</summary>
    ~NearestBlock() => Free();

    /// <summary>Width of a row.</summary>
    public int Dimensions { get; }

    /// <summary>Most rows.</summary>
    public int Capacity { get; }

    /// <summary>Rows now held.</summary>
    public int Count { get; set; }

    /// <summary>The row's number in the matrix.</summary>
    public int[] Rows { get; }

    /// <summary>Rounding bound of the row's squared distances.</summary>
    public float[] Slack { get; }

    /// <summary>|x|^2.</summary>
    public float[] SquaredNorm { get; }

    /// <summary>Centroids truly farther than this cannot matter.</summary>
    public float[] Threshold { get; }

    /// <summary>Group of the row's present centroid, which is always computed; -1 for none.</summary>
    public int[] OwnGroup { get; }

    /// <summary>Best found.</summary>
    public Candidate[] Nearest { get; }

    /// <summary>Second best found.</summary>
    public Candidate[] Second { get; }

    /// <summary>Least score in the group last computed.</summary>
    public float[] GroupLeast { get; }

    /// <summary>Second-least score in the group last computed.</summary>
    public float[] GroupRest { get; }

    /// <summary>Slots to compute, filled by the caller.</summary>
    public int[] Active { get; }

    /// <summary>Products computed since the block was made.</summary>
    public long Evaluated { get; private set; }

    /// <summary>The row in a slot.</summary>
    public Span<float> this[int slot] => new(_values + ((long)slot * _stride), Dimensions);

    /// <summary>Computes the active slots against panels <paramref name="first"/> to <paramref name="end"/> - 1.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Compute(CentroidPanels panels, int first, int end, int active)
    {
        var rows = stackalloc float*[ProductTile.Rows];
        var products = stackalloc float[ProductTile.Rows * ProductTile.Columns];
        for (var a = 0; a < active; a++)
        {
            GroupLeast[Active[a]] = float.PositiveInfinity;
            GroupRest[Active[a]] = float.PositiveInfinity;
        }

        for (var panel = first; panel < end; panel++)
        {
            var ids = panels.Ids.AsSpan(panel * ProductTile.Columns, ProductTile.Columns);
            var half0 = Vector256.LoadAligned(panels.HalfNorms(panel));
            var half1 = Vector256.LoadAligned(panels.HalfNorms(panel) + 8);
            for (var a = 0; a < active; a += ProductTile.Rows)
            {
                var count = Math.Min(ProductTile.Rows, active - a);
                for (var r = 0; r < ProductTile.Rows; r++)
                {
                    rows[r] = _values + ((long)Active[a + Math.Min(r, count - 1)] * _stride);
                }

                ProductTile.Multiply(rows, panels.Panel(panel), Dimensions, products);
                for (var r = 0; r < count; r++)
                {
                    var product = products + (r * ProductTile.Columns);
                    Reduce(Active[a + r], half0 - Vector256.Load(product), half1 - Vector256.Load(product + 8), ids);
                }
            }
        }

        Evaluated += (long)active * (end - first) * ProductTile.Columns;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Takes sixteen scores of a slot: its two least of the group, and its two least of all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reduce(int slot, Vector256<float> scores0, Vector256<float> scores1, ReadOnlySpan<int> ids)
    {
        var low = Vector256.MinNative(scores0, scores1);
        var least = Least(low);
        var isLeast = Vector256.Equals(low, Vector256.Create(least));

        // Where two lanes tie for least, the second-least is the least itself.
        var rest = BitOperations.IsPow2(isLeast.ExtractMostSignificantBits())
            ? Least(Vector256.ConditionalSelect(isLeast, Vector256.MaxNative(scores0, scores1), low))
            : least;
        GroupRest[slot] = Math.Min(Math.Max(GroupLeast[slot], least), Math.Min(GroupRest[slot], rest));
        GroupLeast[slot] = Math.Min(GroupLeast[slot], least);
        if (least <= Second[slot].Score)
        {
            Insert(slot, scores0, scores1, least, rest, ids);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Insert(int slot, Vector256<float> scores0, Vector256<float> scores1, float least, float rest, ReadOnlySpan<int> ids)
    {
        var lane = LowestId(Lanes(scores0, scores1, least), ids);
        if (lane < 0)
        {
            return;
        }

        Insert(slot, new Candidate(least, ids[lane]));
        var restLane = LowestId(Lanes(scores0, scores1, rest) & ~(1u << lane), ids);
        if (restLane >= 0)
        {
            Insert(slot, new Candidate(rest, ids[restLane]));
        }
    }

    private void Insert(int slot, Candidate candidate)
    {
        if (candidate.Before(Nearest[slot]))
        {
            (Second[slot], Nearest[slot]) = (Nearest[slot], candidate);
        }
        else if (candidate.Before(Second[slot]))
        {
            Second[slot] = candidate;
        }
    }

    private static uint Lanes(Vector256<float> scores0, Vector256<float> scores1, float score)
    {
        var at = Vector256.Create(score);
        return Vector256.Equals(scores0, at).ExtractMostSignificantBits()
            | (Vector256.Equals(scores1, at).ExtractMostSignificantBits() << 8);
    }

    private static int LowestId(uint lanes, ReadOnlySpan<int> ids)
    {
        var best = -1;
        for (; lanes != 0; lanes &= lanes - 1)
        {
            var lane = BitOperations.TrailingZeroCount(lanes);
            if (ids[lane] != int.MaxValue && (best < 0 || ids[lane] < ids[best]))
            {
                best = lane;
            }
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Least(Vector256<float> values)
    {
        var four = Vector128.MinNative(values.GetLower(), values.GetUpper());
        var two = Vector128.MinNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MinNative(two, Vector128.Shuffle(two, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_values);
        _values = null;
    }

    /// <summary>A centroid and its score |c|^2 / 2 - x.c, which orders centroids as their distances do.</summary>
    internal readonly record struct Candidate(float Score, int Id)
    {
        /// <summary>No centroid yet.</summary>
        public static readonly Candidate None = new(float.PositiveInfinity, int.MaxValue);

        /// <summary>Nearer, or as near with a lower number.</summary>
        public bool Before(Candidate other) => Score < other.Score || (Score == other.Score && Id < other.Id);
    }
}
