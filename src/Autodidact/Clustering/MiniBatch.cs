using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>
/// Mini-batch k-means (Sculley, "Web-scale k-means clustering", WWW 2010), a batch at a time: a centroid is the running mean of all rows it
/// was ever given. Passes over the rows in a new order each, until one lowers the inertia it saw by no more than the tolerance.
/// </summary>
internal static class MiniBatch
{
    private const int SmallestBatch = 8192;
    private const int RowsPerCluster = 8;

    /// <summary>Improves centroids in place.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="centroids">Centroids in the prepared space.</param>
    /// <param name="options">Settings.</param>
    /// <param name="restart">Start, for the order of the rows.</param>
    /// <param name="report">Told after each pass.</param>
    /// <param name="workers">Threads.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>Inertia seen in each pass: every batch's before its update, summed.</returns>
    public static List<double> Run(
        PreparedRows rows,
        FeatureMatrix centroids,
        KMeansOptions options,
        int restart,
        Action<KMeansIteration> report,
        Workers workers,
        CancellationToken cancellationToken)
    {
        var batchRows = options.BatchSize > 0 ? options.BatchSize : (int)Math.Min(
            rows.Count, Math.Max(SmallestBatch, (long)RowsPerCluster * options.Clusters));
        var weights = new double[options.Clusters];
        var history = new List<double>();
        for (var pass = 1; pass <= options.MaxIterations; pass++)
        {
            var random = new CounterRandom(options.Seed, (uint)restart, 2, (uint)pass);
            var order = InitialCentroids.Sample(rows.Count, rows.Count, ref random);
            var inertia = 0.0;
            for (var first = 0; first < order.Length; first += batchRows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                inertia += Step(rows, order[first..Math.Min(order.Length, first + batchRows)], centroids, weights, workers);
            }

            history.Add(inertia);
            report(new KMeansIteration(0, pass, inertia));
            if (options.Tolerance > 0 && pass > 1 && history[^2] - inertia <= options.Tolerance * history[^2])
            {
                break;
            }
        }

        return history;
    }

    private static double Step(PreparedRows rows, int[] which, FeatureMatrix centroids, double[] weights, Workers workers)
    {
        using var batch = InitialCentroids.Copy(rows, which, workers);
        var prepared = PreparedRows.Create(batch, new float[batch.Columns], rows.Spherical, workers);
        using var pass = new NearestPass(prepared, centroids, prune: false, workers);
        pass.Run(second: false);
        var sums = new CentroidSums(prepared, centroids.Rows, workers);
        sums.Update(pass.Assignments);
        var inertia = sums.Inertia(centroids);
        for (var j = 0; j < centroids.Rows; j++)
        {
            if (sums.Sizes[j] > 0)
            {
                weights[j] += sums.Sizes[j];
                Blend(centroids[j], sums[j], sums.Sizes[j], weights[j], rows.Spherical);
            }
        }

        return inertia;
    }

    /// <summary>c + (sum - size c) / weight, back on the unit sphere where that is asked.</summary>
    private static void Blend(Span<float> centroid, ReadOnlySpan<double> sum, int size, double weight, bool spherical)
    {
        for (var p = 0; p < centroid.Length; p++)
        {
            centroid[p] = (float)(centroid[p] + ((sum[p] - (size * (double)centroid[p])) / weight));
        }

        var length = Math.Sqrt(WideSums.SquaredNorm(centroid));
        if (spherical && length > 0)
        {
            for (var p = 0; p < centroid.Length; p++)
            {
                centroid[p] = (float)(centroid[p] / length);
            }
        }
    }
}
