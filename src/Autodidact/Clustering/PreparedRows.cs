using System.Numerics.Tensors;
using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>
/// The rows as k-means sees them: shifted by a common origin (plain) or scaled to unit length (spherical). Nothing is copied up front;
/// each pass prepares the rows it needs, so memory stays that of the features.
/// </summary>
/// <remarks>
/// The shift keeps float32 products accurate where all rows share a large offset: |x - c|^2 is computed as |x|^2 + |c|^2 - 2 x.c,
/// whose rounding grows with the lengths, not with the distance.
/// </remarks>
internal sealed class PreparedRows
{
    private const int ChunkRows = 1024;

    /// <summary>Rows shorter than this have no direction.</summary>
    private const double ZeroLength = 1e-15;

    private const float LargestSquaredNorm = 1e36f;

    private readonly FeatureMatrix _features;
    private readonly float[] _scales;

    private PreparedRows(FeatureMatrix features, float[] origin, bool spherical)
    {
        _features = features;
        _scales = new float[features.Rows];
        Origin = origin;
        Spherical = spherical;
        SquaredNorms = new float[features.Rows];
    }

    /// <summary>Number of rows.</summary>
    public int Count => _features.Rows;

    /// <summary>Number of columns.</summary>
    public int Dimensions => _features.Columns;

    /// <summary>Whether rows are scaled to unit length.</summary>
    public bool Spherical { get; }

    /// <summary>The origin that is subtracted from each row; zeros where the rows are spherical.</summary>
    public float[] Origin { get; }

    /// <summary>
    /// |x|^2 of each prepared row. 1 for all spherical rows, also for zero rows: they stand for a direction at a right angle to all others,
    /// so that each centroid is at cosine distance 1.
    /// </summary>
    public float[] SquaredNorms { get; }

    /// <summary>Sum of the squared norms in double precision; a zero row of a spherical set counts 1.</summary>
    public double SquaredNormSum { get; private set; }

    /// <summary>Shifts the rows by their mean, or scales them; refuses rows that are not finite.</summary>
    public static PreparedRows Create(FeatureMatrix features, bool spherical, Workers workers)
    {
        RefuseUnusable(features, "features", workers);
        return Create(features, spherical ? new float[features.Columns] : Mean(features, workers), spherical, workers);
    }

    /// <summary>Shifts the rows by a given origin, or scales them.</summary>
    public static PreparedRows Create(FeatureMatrix features, float[] origin, bool spherical, Workers workers)
    {
        var result = new PreparedRows(features, origin, spherical);
        var chunks = Chunks(features);
        var sums = new double[chunks];
        workers.Run(chunks, chunk =>
        {
            var prepared = new float[features.Columns];
            for (var i = chunk * ChunkRows; i < Math.Min(features.Rows, (chunk + 1) * ChunkRows); i++)
            {
                var length = Math.Sqrt(WideSums.SquaredNorm(features[i]));
                result._scales[i] = length > ZeroLength ? (float)(1 / length) : 0;
                result.Copy(i, prepared);
                var norm = WideSums.SquaredNorm(prepared);
                result.SquaredNorms[i] = spherical ? 1 : (float)norm;
                sums[chunk] += spherical && norm == 0 ? 1 : norm;
            }
        });
        result.SquaredNormSum = sums.Sum();
        return result;
    }

    /// <summary>Refuses rows that are not finite, or so large that their squares are not, naming the first.</summary>
    public static void RefuseUnusable(FeatureMatrix matrix, string name, Workers workers)
    {
        var refused = new int[Chunks(matrix)];
        workers.Run(refused.Length, chunk =>
        {
            var end = Math.Min(matrix.Rows, (chunk + 1) * ChunkRows);
            var i = chunk * ChunkRows;
            while (i < end && TensorPrimitives.SumOfSquares(matrix[i]) < LargestSquaredNorm)
            {
                i++;
            }

            refused[chunk] = i < end ? i : -1;
        });
        var row = refused.FirstOrDefault(static r => r >= 0, -1);
        if (row >= 0)
        {
            throw new AutodidactException(
                FailureKind.Data,
                $"k-means: row {row} of the {name} holds a value that is not finite or beyond 1e18: check what made them");
        }
    }

    /// <summary>Writes one prepared row.</summary>
    public void Copy(int row, Span<float> target) => Copy(row, 0, target);

    /// <summary>Writes columns <paramref name="from"/> onwards of one prepared row, as many as fit.</summary>
    public void Copy(int row, int from, Span<float> target)
    {
        var source = _features[row].Slice(from, target.Length);
        if (Spherical)
        {
            TensorPrimitives.Multiply(source, _scales[row], target);
        }
        else
        {
            TensorPrimitives.Subtract(source, Origin.AsSpan(from, target.Length), target);
        }
    }

    /// <summary>Mean of the rows, summed in double precision in an order that does not depend on the threads.</summary>
    public static float[] Mean(FeatureMatrix matrix, Workers workers)
    {
        var sums = new double[Chunks(matrix)][];
        workers.Run(sums.Length, chunk =>
        {
            sums[chunk] = new double[matrix.Columns];
            for (var i = chunk * ChunkRows; i < Math.Min(matrix.Rows, (chunk + 1) * ChunkRows); i++)
            {
                WideSums.Add(sums[chunk], matrix[i]);
            }
        });
        var mean = new float[matrix.Columns];
        for (var j = 0; j < mean.Length; j++)
        {
            mean[j] = (float)(sums.Sum(s => s[j]) / Math.Max(1, matrix.Rows));
        }

        return mean;
    }

    private static int Chunks(FeatureMatrix matrix) => (matrix.Rows + ChunkRows - 1) / ChunkRows;
}
