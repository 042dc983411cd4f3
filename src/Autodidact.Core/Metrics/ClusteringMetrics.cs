namespace Autodidact.Metrics;

/// <summary>
/// Figures that compare a clustering with a labelling without matching their numbers. Items with label -1 are ignored. Values equal
/// scikit-learn's, degenerate cases included.
/// </summary>
internal static class ClusteringMetrics
{
    /// <summary>
    /// Normalised mutual information with the arithmetic mean: 2 I(U,V) / (H(U) + H(V)) (Vinh, Epps and Bailey, JMLR 2010).
    /// </summary>
    /// <param name="table">Clusters by classes.</param>
    /// <returns>0 (independent) to 1 (the same partition); 1 where both have one group only, or no item is labelled.</returns>
    public static double NormalizedMutualInformation(Contingency table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (NonEmpty(table.RowSums) <= 1 && NonEmpty(table.ColumnSums) <= 1)
            return 1;
        double total = table.Total, information = 0;
        for (var row = 0; row < table.Rows; row++)
        {
            for (var column = 0; column < table.Columns; column++)
            {
                var count = table[row, column];
                if (count > 0)
                    information += count / total * Math.Log(count * total / ((double)table.RowSums[row] * table.ColumnSums[column]));
            }
        }

        // Rounding may leave a little above or below zero where the partitions are independent.
        if (information < 1e-15)
            return 0;
        return Math.Min(1, 2 * information / (Entropy(table.RowSums, total) + Entropy(table.ColumnSums, total)));
    }

    /// <summary>
    /// Rand index adjusted for chance (Hubert and Arabie, 1985):
    /// (sum_ij C(n_ij,2) - E) / (half(sum_i C(a_i,2) + sum_j C(b_j,2)) - E) with E = sum_i C(a_i,2) sum_j C(b_j,2) / C(N,2).
    /// </summary>
    /// <param name="table">Clusters by classes.</param>
    /// <returns>1 for the same partition, about 0 for independent ones, negative for worse than chance.</returns>
    public static double AdjustedRandIndex(Contingency table)
    {
        ArgumentNullException.ThrowIfNull(table);
        double together = 0;
        for (var row = 0; row < table.Rows; row++)
        {
            for (var column = 0; column < table.Columns; column++)
                together += Pairs(table[row, column]);
        }

        double inClusters = SumPairs(table.RowSums), inClasses = SumPairs(table.ColumnSums);

        // No pair is joined by one partition and parted by the other: they are the same, also where the formula would be 0/0.
        if (together == inClusters && together == inClasses)
            return 1;
        var expected = inClusters * inClasses / Pairs(table.Total);
        return (together - expected) / ((0.5 * (inClusters + inClasses)) - expected);
    }

    /// <summary>Fraction of items on which two classifiers give the same answer.</summary>
    /// <param name="a">First answers.</param>
    /// <param name="b">Second answers.</param>
    /// <exception cref="ArgumentException">The lengths differ or there is no item.</exception>
    public static double Agreement(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        Contingency.RequireSameLength(a, b);
        if (a.IsEmpty)
            throw new ArgumentException("agreement needs at least one item", nameof(a));
        var same = 0;
        for (var i = 0; i < a.Length; i++)
            same += a[i] == b[i] ? 1 : 0;
        return (double)same / a.Length;
    }

    private static double Pairs(long n) => 0.5 * n * (n - 1);

    private static double SumPairs(ReadOnlySpan<long> counts)
    {
        double sum = 0;
        foreach (var count in counts)
            sum += Pairs(count);
        return sum;
    }

    private static int NonEmpty(ReadOnlySpan<long> counts)
    {
        var groups = 0;
        foreach (var count in counts)
            groups += count > 0 ? 1 : 0;
        return groups;
    }

    private static double Entropy(ReadOnlySpan<long> counts, double total)
    {
        double entropy = 0;
        foreach (var count in counts)
        {
            if (count > 0)
                entropy -= count / total * Math.Log(count / total);
        }

        return entropy;
    }
}
