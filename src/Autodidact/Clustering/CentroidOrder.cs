using System.Numerics.Tensors;
using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>
/// Puts near centroids into the same panels of sixteen, by halving the set along its main direction again and again. The sixteen of a panel
/// are then near a row, or far from it, together, so one bound a panel is tight.
/// </summary>
internal static class CentroidOrder
{
    private const int PowerIterations = 4;

    /// <summary>The centroids' numbers in panel order: a pure function of the centroids.</summary>
    public static int[] Of(FeatureMatrix centroids)
    {
        var order = Enumerable.Range(0, centroids.Rows).ToArray();
        Split(centroids, order);
        return order;
    }

    private static void Split(FeatureMatrix centroids, Span<int> ids)
    {
        if (ids.Length <= ProductTile.Columns)
        {
            ids.Sort();
            return;
        }

        var panels = (ids.Length + ProductTile.Columns - 1) / ProductTile.Columns;
        var left = panels / 2 * ProductTile.Columns;
        var direction = MainDirection(centroids, ids);
        var keys = new (float Projection, int Id)[ids.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (TensorPrimitives.Dot<float>(centroids[ids[i]], direction), ids[i]);
        }

        Array.Sort(keys);
        for (var i = 0; i < keys.Length; i++)
        {
            ids[i] = keys[i].Id;
        }

        Split(centroids, ids[..left]);
        Split(centroids, ids[left..]);
    }

    /// <summary>A few power iterations on the covariance; how exact they are only moves the cost, never a result.</summary>
    private static float[] MainDirection(FeatureMatrix centroids, ReadOnlySpan<int> ids)
    {
        var mean = new float[centroids.Columns];
        foreach (var id in ids)
        {
            TensorPrimitives.MultiplyAdd(centroids[id], 1f / ids.Length, mean, mean);
        }

        var centred = new float[centroids.Columns];
        var direction = new float[centroids.Columns];
        TensorPrimitives.Subtract(centroids[Farthest(centroids, ids, mean)], mean, direction);
        for (var iteration = 0; iteration < PowerIterations; iteration++)
        {
            var next = new float[centroids.Columns];
            foreach (var id in ids)
            {
                TensorPrimitives.Subtract(centroids[id], mean, centred);
                TensorPrimitives.MultiplyAdd(centred, TensorPrimitives.Dot<float>(centred, direction), next, next);
            }

            var length = TensorPrimitives.Norm<float>(next);
            if (!(length > 0) || !float.IsFinite(length))
            {
                break;
            }

            TensorPrimitives.Divide(next, length, direction);
        }

        return direction;
    }

    private static int Farthest(FeatureMatrix centroids, ReadOnlySpan<int> ids, ReadOnlySpan<float> from)
    {
        var (best, distance) = (ids[0], -1f);
        foreach (var id in ids)
        {
            var d = TensorPrimitives.Distance(centroids[id], from);
            if (d > distance)
            {
                (best, distance) = (id, d);
            }
        }

        return best;
    }
}
