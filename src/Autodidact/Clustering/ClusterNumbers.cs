using Autodidact.Metrics;
using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>Keeps the meaning of cluster numbers from one clustering of some rows to the next.</summary>
internal static class ClusterNumbers
{
    /// <summary>A number for each new cluster, all different, so that as many rows as possible keep theirs. O(k^3) at worst.</summary>
    public static int[] Match(ReadOnlySpan<int> before, ReadOnlySpan<int> after, int clusters)
    {
        var common = new double[clusters, clusters];
        for (var row = 0; row < after.Length; row++) common[after[row], before[row]]++;
        return HungarianAssignment.Maximize(common);
    }

    /// <summary>Mean direction of each cluster's rows; a cluster without rows gets one of them, drawn at random.</summary>
    public static FeatureMatrix MeanDirections(FeatureMatrix rows, ReadOnlySpan<int> clusters, int count, ulong seed)
    {
        var sums = new double[count, rows.Columns];
        var sizes = new int[count];
        for (var row = 0; row < rows.Rows; row++)
        {
            var scale = 1 / Math.Max(Length(rows[row]), 1e-12);
            sizes[clusters[row]]++;
            for (var column = 0; column < rows.Columns; column++) sums[clusters[row], column] += rows[row][column] * scale;
        }

        var random = new CounterRandom(seed);
        var means = new FeatureMatrix(count, rows.Columns);
        for (var cluster = 0; cluster < count; cluster++)
        {
            var lone = sizes[cluster] == 0 ? random.NextInt32(rows.Rows) : -1;
            for (var column = 0; column < rows.Columns; column++)
            {
                means[cluster][column] = lone >= 0 ? rows[lone][column] : (float)(sums[cluster, column] / sizes[cluster]);
            }
        }

        return means;
    }

    /// <summary>Euclidean length.</summary>
    public static double Length(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        foreach (var value in row) sum += (double)value * value;
        return Math.Sqrt(sum);
    }
}
