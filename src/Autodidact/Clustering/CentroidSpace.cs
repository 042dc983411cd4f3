using System.Numerics.Tensors;
using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>
/// Rows and centroids shifted by the centroids' mean, so that the answer for a row depends on the row and the centroids alone,
/// not on what other rows there are.
/// </summary>
internal sealed class CentroidSpace : IDisposable
{
    private CentroidSpace(PreparedRows rows, FeatureMatrix centroids)
    {
        Rows = rows;
        Centroids = centroids;
    }

    /// <summary>The rows, prepared.</summary>
    public PreparedRows Rows { get; }

    /// <summary>The centroids, shifted as the rows are.</summary>
    public FeatureMatrix Centroids { get; }

    /// <summary>Prepares rows for centroids.</summary>
    public static CentroidSpace Of(FeatureMatrix features, FeatureMatrix centroids, bool spherical, Workers workers)
    {
        var origin = spherical ? new float[features.Columns] : PreparedRows.Mean(centroids, workers);
        var shifted = new FeatureMatrix(centroids.Rows, centroids.Columns);
        for (var j = 0; j < shifted.Rows; j++)
        {
            TensorPrimitives.Subtract(centroids[j], origin, shifted[j]);
        }

        return new CentroidSpace(PreparedRows.Create(features, origin, spherical, workers), shifted);
    }

    /// <summary>Centroids with an origin added back.</summary>
    public static FeatureMatrix Restore(FeatureMatrix centroids, float[] origin)
    {
        var result = new FeatureMatrix(centroids.Rows, centroids.Columns);
        for (var j = 0; j < result.Rows; j++)
        {
            TensorPrimitives.Add(centroids[j], origin, result[j]);
        }

        return result;
    }

    /// <summary>
    /// Distances to the nearest and second-nearest centroids, by differences in double precision: the products that chose them
    /// lose the last digits of small distances.
    /// </summary>
    public (float[] Distances, float[] Margins) Measure(int[] nearest, int[] second, Workers workers)
    {
        const int chunkRows = 1024;
        var distances = new float[nearest.Length];
        var margins = new float[nearest.Length];
        workers.Run((nearest.Length + chunkRows - 1) / chunkRows, chunk =>
        {
            var x = new float[Rows.Dimensions];
            for (var i = chunk * chunkRows; i < Math.Min(nearest.Length, (chunk + 1) * chunkRows); i++)
            {
                Rows.Copy(i, x);
                var distance = Distance(x, nearest[i]);
                distances[i] = (float)distance;
                margins[i] = second[i] < 0 ? float.PositiveInfinity : (float)Math.Max(0, Distance(x, second[i]) - distance);
            }
        });
        return (distances, margins);
    }

    /// <inheritdoc/>
    public void Dispose() => Centroids.Dispose();

    /// <summary>
    /// |x - c|^2, or 1 - cosine; what has no direction, a zero row or the centroid of such rows, is at cosine distance 1 from everything.
    /// </summary>
    private double Distance(float[] x, int centroid) =>
        !Rows.Spherical ? WideSums.SquaredDistance(x, Centroids[centroid])
        : x.AsSpan().ContainsAnyExcept(0f) && Centroids[centroid].ContainsAnyExcept(0f)
            ? WideSums.SquaredDistance(x, Centroids[centroid]) / 2
        : 1;
}
