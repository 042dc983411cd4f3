namespace Autodidact.Metrics;

/// <summary>
/// Counts of each pair of cluster and class. Items whose class is -1 (unknown) are left out, so every figure made from the
/// table speaks of the labelled items only.
/// </summary>
internal sealed class Contingency
{
    private readonly long[,] _counts;
    private readonly long[] _rowSums;
    private readonly long[] _columnSums;

    private Contingency(int rows, int columns)
    {
        _counts = new long[rows, columns];
        _rowSums = new long[rows];
        _columnSums = new long[columns];
    }

    /// <summary>Number of clusters, empty ones included.</summary>
    public int Rows => _rowSums.Length;

    /// <summary>Number of classes, empty ones included.</summary>
    public int Columns => _columnSums.Length;

    /// <summary>Number of items counted.</summary>
    public long Total { get; private set; }

    /// <summary>Items of each cluster.</summary>
    public ReadOnlySpan<long> RowSums => _rowSums;

    /// <summary>Items of each class.</summary>
    public ReadOnlySpan<long> ColumnSums => _columnSums;

    /// <summary>Items that are in the cluster and of the class.</summary>
    /// <param name="cluster">Row.</param>
    /// <param name="label">Column.</param>
    public long this[int cluster, int label] => _counts[cluster, label];

    /// <summary>Counts into a table of a given size.</summary>
    /// <param name="clusters">Cluster of each item, 0 to <paramref name="k"/> - 1.</param>
    /// <param name="labels">Class of each item, -1 to <paramref name="classes"/> - 1.</param>
    /// <param name="k">Number of clusters.</param>
    /// <param name="classes">Number of classes.</param>
    /// <exception cref="ArgumentException">The lengths differ or a number is out of range.</exception>
    public static Contingency Count(ReadOnlySpan<int> clusters, ReadOnlySpan<int> labels, int k, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        ArgumentOutOfRangeException.ThrowIfNegative(classes);
        RequireSameLength(clusters, labels);
        var table = new Contingency(k, classes);
        for (var i = 0; i < clusters.Length; i++)
        {
            var (cluster, label) = (clusters[i], labels[i]);
            if ((uint)cluster >= (uint)k)
                throw new ArgumentException($"item {i} has cluster {cluster}, expected 0 to {k - 1}", nameof(clusters));
            if (label < -1 || label >= classes)
                throw new ArgumentException($"item {i} has label {label}, expected -1 (unknown) to {classes - 1}", nameof(labels));
            if (label < 0)
                continue;
            table._counts[cluster, label]++;
            table._rowSums[cluster]++;
            table._columnSums[label]++;
            table.Total++;
        }

        return table;
    }

    internal static void RequireSameLength(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        if (a.Length != b.Length)
            throw new ArgumentException($"the two lists must have one entry per item each: lengths {a.Length} and {b.Length}");
    }
}
