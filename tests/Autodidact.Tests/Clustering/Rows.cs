using Autodidact.Numerics;

namespace Autodidact.Tests.Clustering;

/// <summary>Matrices of the k-means tests.</summary>
internal static class Rows
{
    /// <summary>Rows around so many centres: near them for a small deviation, all noise for a large one.</summary>
    public static FeatureMatrix Groups(int rows, int columns, int groups, float deviation, ulong seed = 1)
    {
        var result = new FeatureMatrix(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            var centre = new CounterRandom(seed, 1, (uint)(i % groups));
            var noise = new CounterRandom(seed, 2, (uint)i);
            foreach (ref var value in result[i])
                value = (float)((4 * centre.NextGaussian()) + (deviation * noise.NextGaussian()));
        }

        return result;
    }

    /// <summary>Small whole numbers: many equal rows and equal distances.</summary>
    public static FeatureMatrix Grid(int rows, int columns, int levels, ulong seed)
    {
        var random = new CounterRandom(seed);
        var result = new FeatureMatrix(rows, columns);
        foreach (ref var value in result.Block(0, rows))
            value = random.NextInt32(levels);
        return result;
    }

    /// <summary>The distances to the nearest and the second-nearest centroid, by their definition.</summary>
    public static (double Nearest, double Second) Distances(float[] row, FeatureMatrix centroids, Func<float[], float[], double> distanceOf)
    {
        var (nearest, second) = (double.PositiveInfinity, double.PositiveInfinity);
        for (var j = 0; j < centroids.Rows; j++)
        {
            var distance = distanceOf(row, centroids[j].ToArray());
            (nearest, second) = distance < nearest ? (distance, nearest) : (nearest, Math.Min(second, distance));
        }

        return (nearest, second);
    }

    /// <summary>|a - b|^2.</summary>
    public static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var p = 0; p < a.Length; p++)
            sum += ((double)a[p] - b[p]) * ((double)a[p] - b[p]);
        return sum;
    }
}
