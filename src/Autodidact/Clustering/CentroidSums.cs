using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>
/// Sums and sizes of the clusters in double precision, kept up to date by the rows that moved. The work is cut along the columns,
/// each summed over rows in ascending order, so that the threads cannot change a bit.
/// </summary>
internal sealed class CentroidSums(PreparedRows rows, int clusters, Workers workers)
{
    private const int SliceColumns = 64;

    /// <summary>Updates between recomputations from nothing, which end the drift of rounding.</summary>
    private const int RecomputeEvery = 32;

    private readonly double[] _sums = new double[(long)clusters * rows.Dimensions];
    private readonly int[] _current = Enumerable.Repeat(-1, rows.Count).ToArray();
    private readonly List<int> _moved = [];
    private int _updates;

    /// <summary>Rows of each cluster.</summary>
    public int[] Sizes { get; } = new int[clusters];

    /// <summary>Sum of a cluster's rows.</summary>
    public Span<double> this[int cluster] => _sums.AsSpan(cluster * rows.Dimensions, rows.Dimensions);

    /// <summary>Takes new assignments.</summary>
    /// <returns>How many rows moved.</returns>
    public int Update(ReadOnlySpan<int> assignments)
    {
        _moved.Clear();
        for (var i = 0; i < assignments.Length; i++)
        {
            if (assignments[i] != _current[i])
            {
                _moved.Add(i);
            }
        }

        if (_moved.Count == 0)
        {
            return 0;
        }

        var next = assignments.ToArray();
        var fromNothing = _updates++ % RecomputeEvery == 0 || _moved.Count > rows.Count / 2;
        workers.Run((rows.Dimensions + SliceColumns - 1) / SliceColumns, slice => Slice(slice * SliceColumns, next, fromNothing));
        foreach (var i in _moved)
        {
            if (_current[i] >= 0)
            {
                Sizes[_current[i]]--;
            }

            Sizes[next[i]]++;
            _current[i] = next[i];
        }

        return _moved.Count;
    }

    /// <summary>
    /// Inertia of the present assignments for given centroids, without touching a row: with S the sums and N the sizes,
    /// sum |x|^2 - 2 sum c.S + sum N |c|^2, and half of that on the unit sphere, where |x - c|^2 / 2 is 1 - cosine.
    /// </summary>
    public double Inertia(FeatureMatrix centroids)
    {
        var (dots, norms) = (0.0, 0.0);
        for (var j = 0; j < clusters; j++)
        {
            var sum = this[j];
            var centroid = centroids[j];
            var dot = 0.0;
            for (var p = 0; p < sum.Length; p++)
            {
                dot += sum[p] * centroid[p];
            }

            dots += dot;
            norms += Sizes[j] * WideSums.SquaredNorm(centroid);
        }

        var inertia = Math.Max(0, rows.SquaredNormSum - (2 * dots) + norms);
        return rows.Spherical ? inertia / 2 : inertia;
    }

    /// <summary>
    /// Writes the mean of each cluster, of unit length if spherical; a cluster without rows or direction keeps its centroid.
    /// </summary>
    public void WriteMeans(FeatureMatrix centroids)
    {
        for (var j = 0; j < clusters; j++)
        {
            var sum = this[j];
            var divisor = rows.Spherical ? Math.Sqrt(System.Numerics.Tensors.TensorPrimitives.SumOfSquares<double>(sum)) : Sizes[j];
            if (divisor <= 1e-12 * Sizes[j] || Sizes[j] == 0)
            {
                continue;
            }

            var centroid = centroids[j];
            for (var p = 0; p < sum.Length; p++)
            {
                centroid[p] = (float)(sum[p] / divisor);
            }
        }
    }

    private void Slice(int from, int[] next, bool fromNothing)
    {
        var width = Math.Min(SliceColumns, rows.Dimensions - from);
        Span<float> values = stackalloc float[width];
        if (fromNothing)
        {
            for (var j = 0; j < clusters; j++)
            {
                this[j].Slice(from, width).Clear();
            }

            for (var i = 0; i < next.Length; i++)
            {
                rows.Copy(i, from, values);
                WideSums.Add(this[next[i]].Slice(from, width), values);
            }

            return;
        }

        foreach (var i in _moved)
        {
            rows.Copy(i, from, values);
            WideSums.Add(this[next[i]].Slice(from, width), values);
            WideSums.Subtract(this[_current[i]].Slice(from, width), values);
        }
    }
}
