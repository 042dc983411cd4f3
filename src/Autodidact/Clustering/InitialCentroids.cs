using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>Where a start begins, in the prepared space.</summary>
internal static class InitialCentroids
{
    /// <summary>
    /// k-means++ looks at this many rows a cluster, drawn evenly: enough to see every cluster worth a seed, at a cost free of the number of
    /// rows.
    /// </summary>
    private const int SampleRowsPerCluster = 20;
    private const int SmallestSample = 10_000;

    /// <summary>Chooses by the options' rule; a pure function of the rows, the seed and the restart.</summary>
    public static FeatureMatrix Choose(PreparedRows rows, KMeansOptions options, int restart, Workers workers)
    {
        var random = new CounterRandom(options.Seed, (uint)restart, 1);
        return options.Initialization switch
        {
            KMeansInitialization.Random => Copy(rows, Sample(rows.Count, options.Clusters, ref random), workers),
            KMeansInitialization.PlusPlus => ChooseBySpread(rows, options.Clusters, ref random, workers),
            _ => throw new ArgumentOutOfRangeException(
                nameof(options), options.Initialization, "no start of k-means of this kind is known"),
        };
    }

    /// <summary>Different row numbers in random order.</summary>
    public static int[] Sample(int rows, int count, ref CounterRandom random)
    {
        var order = new int[rows];
        for (var i = 0; i < rows; i++)
        {
            order[i] = i;
        }

        for (var i = 0; i < count; i++)
        {
            var j = i + random.NextInt32(rows - i);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order[..count];
    }

    /// <summary>By k-means++ on a sample of the rows.</summary>
    private static FeatureMatrix ChooseBySpread(PreparedRows rows, int clusters, ref CounterRandom random, Workers workers)
    {
        var size = (int)Math.Min(rows.Count, Math.Max(SmallestSample, (long)SampleRowsPerCluster * clusters));
        using var sample = Copy(rows, Sample(rows.Count, size, ref random), workers);
        return PlusPlus.Choose(sample, clusters, ref random, rows.Spherical, workers);
    }

    /// <summary>Prepared copies of rows.</summary>
    public static FeatureMatrix Copy(PreparedRows rows, int[] which, Workers workers)
    {
        const int chunkRows = 1024;
        var result = new FeatureMatrix(which.Length, rows.Dimensions);
        workers.Run((which.Length + chunkRows - 1) / chunkRows, chunk =>
        {
            for (var i = chunk * chunkRows; i < Math.Min(which.Length, (chunk + 1) * chunkRows); i++)
            {
                rows.Copy(which[i], result[i]);
            }
        });
        return result;
    }
}
