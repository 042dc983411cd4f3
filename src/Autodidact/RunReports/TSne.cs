using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Autodidact.Numerics;

namespace Autodidact.RunReports;

/// <summary>
/// t-SNE (van der Maaten &amp; Hinton, JMLR 2008), exact: places in the plane whose neighbourhoods are those of the rows. With p the rows'
/// similarities (Gaussian, each row's width such that its perplexity is the one asked for, made symmetric) and q the places' (Student t,
/// one degree of freedom), it descends KL(p || q).
/// </summary>
/// <remarks>
/// Descent as in scikit-learn: momentum 0.5, then 0.8, gains for each coordinate, p exaggerated 12 times for the first 250 of 1000 steps,
/// rate max(n / 48, 50), start from the two principal components scaled to a deviation of 1e-4. A step costs n^2 operations, fused here
/// into one pass over p: as operations on tensors, each a pass of its own over n^2 values, it took ten times as long. No random number is
/// drawn: the same rows give the same places on the same machine.
/// </remarks>
internal sealed class TSne
{
    private const int Steps = 1000;
    private const int ExaggeratedSteps = 250;
    private const float Exaggeration = 12;
    private const float SmallestGain = 0.01f;
    private const float StartDeviation = 1e-4f;
    private const int BandwidthSteps = 64;
    private const double BandwidthTolerance = 1e-5;

    private readonly int _count;
    private readonly float[] _similarities;

    /// <summary>Works out the similarities of rows.</summary>
    /// <param name="rows">The rows, 4 at least.</param>
    /// <param name="perplexity">
    /// About how many neighbours a row has, above 1; at most (n - 1) / 3, which a larger one is lowered to.
    /// </param>
    /// <param name="cancellationToken">Stops between rows.</param>
    public TSne(FeatureMatrix rows, double perplexity, CancellationToken cancellationToken = default)
    {
        if (rows.Rows < 4) throw new ArgumentException($"t-SNE needs 4 rows at least, got {rows.Rows}", nameof(rows));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(perplexity, 1);
        _count = rows.Rows;
        var conditional = new float[(long)_count * _count];
        var wanted = Math.Log(Math.Min(perplexity, (_count - 1) / 3.0));
        Parallel.For(
            0,
            _count,
            new ParallelOptions { CancellationToken = cancellationToken },
            i => Conditional(rows, i, wanted, conditional.AsSpan(i * _count, _count)));

        // p = (p_j|i + p_i|j) / 2n
        for (var i = 0; i < _count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var mean = (conditional[(i * _count) + j] + conditional[(j * _count) + i]) / (2 * _count);
                conditional[(i * _count) + j] = conditional[(j * _count) + i] = mean;
            }
        }

        _similarities = conditional;
    }

    /// <summary>The symmetric similarities, n by n, adding up to 1, with a diagonal of 0.</summary>
    internal ReadOnlySpan<float> Similarities => _similarities;

    /// <summary>Places of the rows.</summary>
    /// <param name="x">First places across, such as the first principal component; becomes the places found.</param>
    /// <param name="y">The same upwards.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    public void Descend(float[] x, float[] y, CancellationToken cancellationToken = default)
    {
        var axes = new[] { x, y };
        var scale = StartDeviation / Math.Max(TensorPrimitives.StdDev<float>(x), 1e-12f);
        foreach (var axis in axes) TensorPrimitives.Multiply(axis, scale, axis.AsSpan());
        float[][] gradient = [new float[_count], new float[_count]];
        float[][] velocity = [new float[_count], new float[_count]];
        float[][] gains = [new float[_count], new float[_count]];
        var rate = Math.Max(_count / Exaggeration / 4, 50);
        for (var step = 0; step < Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var early = step < ExaggeratedSteps;
            if (step is 0 or ExaggeratedSteps)
            {
                // Without exaggeration it is another descent: it starts at rest.
                foreach (var speed in velocity) Array.Clear(speed);
                foreach (var gain in gains) Array.Fill(gain, 1f);
            }

            Gradient(x, y, early ? Exaggeration : 1, gradient[0], gradient[1]);
            for (var a = 0; a < 2; a++)
            {
                for (var i = 0; i < _count; i++)
                {
                    gains[a][i] = gradient[a][i] * velocity[a][i] < 0 ? gains[a][i] + 0.2f : Math.Max(gains[a][i] * 0.8f, SmallestGain);
                    velocity[a][i] = ((early ? 0.5f : 0.8f) * velocity[a][i]) - (rate * gains[a][i] * gradient[a][i]);
                    axes[a][i] += velocity[a][i];
                }

                TensorPrimitives.Subtract(axes[a], TensorPrimitives.Sum<float>(axes[a]) / _count, axes[a].AsSpan());
            }
        }
    }

    /// <summary>Gradient of KL(p || q) by the places, with p taken <paramref name="exaggeration"/> times.</summary>
    internal void Gradient(float[] x, float[] y, float exaggeration, float[] alongX, float[] alongY)
    {
        float[] repulsionX = new float[_count], repulsionY = new float[_count];
        var totals = new double[_count];
        Parallel.For(0, _count, i =>
        {
            var (px, py) = (new Vector<float>(x[i]), new Vector<float>(y[i]));
            Vector<float> pullX = default, pullY = default, pushX = default, pushY = default, sum = default;
            var p = _similarities.AsSpan(i * _count, _count);
            var vp = MemoryMarshal.Cast<float, Vector<float>>(p);
            var vx = MemoryMarshal.Cast<float, Vector<float>>(x.AsSpan());
            var vy = MemoryMarshal.Cast<float, Vector<float>>(y.AsSpan());
            for (var v = 0; v < vp.Length; v++)
            {
                var (dx, dy) = (px - vx[v], py - vy[v]);
                var q = Vector<float>.One / (Vector<float>.One + (dx * dx) + (dy * dy));
                var (pull, push) = (vp[v] * q, q * q);
                pullX += pull * dx;
                pullY += pull * dy;
                pushX += push * dx;
                pushY += push * dy;
                sum += q;
            }

            float attractionX = Vector.Sum(
                pullX), attractionY = Vector.Sum(pullY), totalX = Vector.Sum(pushX), totalY = Vector.Sum(pushY), total = Vector.Sum(sum);
            for (var j = vp.Length * Vector<float>.Count; j < _count; j++)
            {
                var (dx, dy) = (x[i] - x[j], y[i] - y[j]);
                var q = 1 / (1 + (dx * dx) + (dy * dy));
                attractionX += p[j] * q * dx;
                attractionY += p[j] * q * dy;
                totalX += q * q * dx;
                totalY += q * q * dy;
                total += q;
            }

            (alongX[i], alongY[i], repulsionX[i], repulsionY[i]) = (attractionX * exaggeration, attractionY * exaggeration, totalX, totalY);
            totals[i] = total - 1; // a place is no neighbour of its own
        });
        var scale = (float)(1 / totals.Sum());
        for (var i = 0; i < _count; i++)
        {
            alongX[i] = 4 * (alongX[i] - (scale * repulsionX[i]));
            alongY[i] = 4 * (alongY[i] - (scale * repulsionY[i]));
        }
    }

    /// <summary>KL(p || q) of places.</summary>
    internal double Divergence(float[] x, float[] y)
    {
        double Weight(int i, int j) => 1 / (1 + Math.Pow((double)x[i] - x[j], 2) + Math.Pow((double)y[i] - y[j], 2));
        var total = 0.0;
        for (var i = 0; i < _count; i++)
        {
            for (var j = 0; j < i; j++) total += 2 * Weight(i, j);
        }

        var divergence = 0.0;
        for (var i = 0; i < _count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                double p = _similarities[(i * _count) + j];
                if (p > 0) divergence += 2 * p * Math.Log(p * total / Weight(i, j));
            }
        }

        return divergence;
    }

    /// <summary>Similarities of a row to the others, with the width that gives the wanted entropy, found by bisection.</summary>
    private static void Conditional(FeatureMatrix rows, int i, double entropy, Span<float> result)
    {
        var distances = new float[rows.Rows];
        var nearest = float.MaxValue;
        for (var j = 0; j < rows.Rows; j++)
        {
            var distance = TensorPrimitives.Distance<float>(rows[i], rows[j]);
            distances[j] = distance * distance;
            if (j != i) nearest = Math.Min(nearest, distances[j]);
        }

        // Only differences matter; without the nearest neighbour's distance no row underflows.
        TensorPrimitives.Subtract(distances, nearest, distances.AsSpan());
        distances[i] = 0;
        var (low, high) = (0.0, double.PositiveInfinity);
        var precision = 1 / Math.Max(TensorPrimitives.Sum<float>(distances) / rows.Rows, 1e-12);
        var sum = 0f;
        for (var step = 0; step < BandwidthSteps; step++)
        {
            TensorPrimitives.Multiply(distances, (float)-precision, result);
            TensorPrimitives.Exp(result, result);
            result[i] = 0;
            sum = TensorPrimitives.Sum<float>(result);
            var found = Math.Log(sum) + (precision * TensorPrimitives.Dot<float>(result, distances) / sum);
            if (Math.Abs(found - entropy) < BandwidthTolerance) break;
            if (found > entropy) low = precision;
            else high = precision;
            precision = double.IsInfinity(high) ? precision * 2 : (low + high) / 2;
        }

        TensorPrimitives.Divide(result, sum, result);
    }
}
