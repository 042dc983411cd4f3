using System.Numerics.Tensors;
using System.Runtime.Intrinsics;
using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>
/// Bounds on each row's distances that save computing them (Ding et al., "Yinyang k-means", ICML 2015, with panels of near centroids as
/// groups): one upper bound on the distance to its own centroid, and one lower bound a group on the distances to all others. A centroid
/// that moved by m moves a bound by at most m. All bounds are on Euclidean distances and stay true under float32 rounding.
/// </summary>
internal sealed class DistanceBounds : IDisposable
{
    /// <summary>More than the rounding of one float32 step, which every update of a bound leaves room for.</summary>
    private const float Grow = 1 + 2.4e-7f;
    private const float Shrink = 1 - 2.4e-7f;

    private readonly FeatureMatrix _lower;
    private readonly float[] _groupDrift;
    private float[] _drift = [];

    /// <summary>Makes room for the bounds; they hold nothing until a pass over all groups has set them.</summary>
    public DistanceBounds(int rows, int groups)
    {
        _lower = new FeatureMatrix(rows, groups);
        _groupDrift = new float[groups];
        Upper = new float[rows];
    }

    /// <summary>Whether a pass has set the bounds.</summary>
    public bool Known { get; set; }

    /// <summary>At least the distance of each row from its centroid.</summary>
    public float[] Upper { get; }

    /// <summary>At most the distances of a row from the centroids of each group, its own centroid left out.</summary>
    public Span<float> Lower(int row) => _lower[row];

    /// <summary>
    /// Takes how far each centroid moved since the bounds were set or last moved; <see cref="Move"/> applies it row by row.
    /// </summary>
    /// <param name="drift">Distances, rounded up.</param>
    /// <param name="groupOf">Group of each centroid.</param>
    public void SetDrift(float[] drift, ReadOnlySpan<int> groupOf)
    {
        _drift = drift;
        Array.Clear(_groupDrift);
        for (var j = 0; j < drift.Length; j++)
        {
            _groupDrift[groupOf[j]] = Math.Max(_groupDrift[groupOf[j]], drift[j]);
        }
    }

    /// <summary>Moves a row's bounds by the drift.</summary>
    /// <returns>The upper bound and the least of the lower ones.</returns>
    public (float Upper, float Nearest) Move(int row, int centroid)
    {
        var lower = Lower(row);
        var nearest = float.PositiveInfinity;
        var g = 0;
        if (lower.Length >= 8)
        {
            var least = Vector256.Create(float.PositiveInfinity);
            for (; g <= lower.Length - 8; g += 8)
            {
                var at = lower.Slice(g, 8);
                var moved = (Vector256.Create<float>(at) * Shrink) - Vector256.Create<float>(_groupDrift.AsSpan(g, 8));
                moved.CopyTo(at);
                least = Vector256.MinNative(least, moved);
            }

            nearest = TensorPrimitives.Min<float>([least[0], least[1], least[2], least[3], least[4], least[5], least[6], least[7]]);
        }

        for (; g < lower.Length; g++)
        {
            lower[g] = (lower[g] * Shrink) - _groupDrift[g];
            nearest = Math.Min(nearest, lower[g]);
        }

        Upper[row] = (Upper[row] + _drift[centroid]) * Grow;
        return (Upper[row], nearest);
    }

    /// <summary>Forgets the bounds of a row, so that the next pass computes all its distances.</summary>
    public void Forget(int row)
    {
        Upper[row] = float.PositiveInfinity;
        Lower(row).Fill(float.NegativeInfinity);
    }

    /// <inheritdoc/>
    public void Dispose() => _lower.Dispose();
}
