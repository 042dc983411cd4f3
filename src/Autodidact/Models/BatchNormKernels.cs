using System.Numerics;
using System.Runtime.CompilerServices;

namespace Autodidact.Models;

/// <summary>
/// The passes of batch normalisation over rows of channels in memory, one thread each. libtorch offers them only joined, where no sum of
/// other ranks can come between. Sums of many rows are kept in float64.
/// </summary>
internal static unsafe class BatchNormKernels
{
    private const int RowsAtOnce = 4;

    /// <summary>Mean and summed squared distance from it of each channel.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="mean">Takes the means; 0 without rows.</param>
    /// <param name="squares">Takes the sums of squared distances.</param>
    public static void Moments<T>(ChannelRows<T> rows, Span<double> mean, Span<double> squares)
        where T : unmanaged, INumber<T>
    {
        // Distances are taken from the first row first: their squares then lose no digits to a large mean.
        mean.Clear();
        squares.Clear();
        if (rows.Count == 0) return;
        var channels = rows.Channels;
        var origins = new T[channels];
        new ReadOnlySpan<T>(rows.Read(0, 1), channels).CopyTo(origins);
        var sums = new T[2 * channels];
        fixed (T* sum = sums, origin = origins)
        {
            foreach (var (from, count) in Blocks(rows))
            {
                Distances(origin, rows.Read(from, count), count, channels, sum, sum + channels);
                Flush(sums.AsSpan(0, channels), mean);
                Flush(sums.AsSpan(channels), squares);
            }
        }

        for (var c = 0; c < channels; c++)
        {
            squares[c] = Math.Max(0, squares[c] - (mean[c] * mean[c] / rows.Count));
            mean[c] = double.CreateChecked(origins[c]) + (mean[c] / rows.Count);
        }
    }

    /// <summary>Sums over the rows of the gradient, and of the gradient times the distance from the mean.</summary>
    /// <param name="gradient">The gradient of what was made of the rows.</param>
    /// <param name="rows">What was normalised.</param>
    /// <param name="mean">Mean of each channel.</param>
    /// <param name="sums">Takes the sums of gradients, then those of the products.</param>
    public static void GradientSums<T>(ChannelRows<T> gradient, ChannelRows<T> rows, T[] mean, Span<double> sums)
        where T : unmanaged, INumber<T>
    {
        sums.Clear();
        var channels = rows.Channels;
        var block = new T[2 * channels];
        fixed (T* sum = block, centre = mean)
        {
            foreach (var (from, count) in Blocks(rows))
            {
                Products(centre, gradient.Read(from, count), rows.Read(from, count), count, channels, sum, sum + channels);
                Flush<T>(block, sums);
            }
        }
    }

    /// <summary>result = rows * scale + shift.</summary>
    public static void Scale<T>(ChannelRows<T> rows, T[] scale, T[] shift, ChannelRows<T> result)
        where T : unmanaged, INumber<T>
    {
        fixed (T* a = scale, b = shift)
        {
            foreach (var (from, count) in Blocks(rows))
            {
                ScaleBlock(rows.Read(from, count), count, rows.Channels, a, b, result.Place(from));
                result.Write(from, count);
            }
        }
    }

    /// <summary>result = gradient * scale + rows * slope + shift.</summary>
    public static void Combine<T>(
        ChannelRows<T> gradient, ChannelRows<T> rows, T[] scale, T[] slope, T[] shift, ChannelRows<T> result)
        where T : unmanaged, INumber<T>
    {
        fixed (T* a = scale, b = slope, c = shift)
        {
            foreach (var (from, count) in Blocks(rows))
            {
                CombineBlock(gradient.Read(from, count), rows.Read(from, count), count, rows.Channels, a, b, c, result.Place(from));
                result.Write(from, count);
            }
        }
    }

    private static IEnumerable<(long From, int Count)> Blocks<T>(ChannelRows<T> rows)
        where T : unmanaged, INumber<T>
    {
        var most = rows.MostRows;
        for (var from = 0L; from < rows.Count; from += most) yield return (from, (int)Math.Min(most, rows.Count - from));
    }

    private static void ScaleBlock<T>(T* rows, int count, int channels, T* scale, T* shift, T* result)
        where T : unmanaged, INumber<T>
    {
        var whole = channels - (channels % Vector<T>.Count);
        for (var row = 0; row < count; row++, rows += channels, result += channels)
        {
            for (var c = 0; c < whole; c += Vector<T>.Count)
                Vector.Store(MulAdd(Vector.Load(rows + c), Vector.Load(scale + c), Vector.Load(shift + c)), result + c);
            for (var c = whole; c < channels; c++) result[c] = (rows[c] * scale[c]) + shift[c];
        }
    }

    private static void CombineBlock<T>(
        T* gradient, T* rows, int count, int channels, T* scale, T* slope, T* shift, T* result)
        where T : unmanaged, INumber<T>
    {
        var whole = channels - (channels % Vector<T>.Count);
        for (var row = 0; row < count; row++, gradient += channels, rows += channels, result += channels)
        {
            for (var c = 0; c < whole; c += Vector<T>.Count)
            {
                var rest = MulAdd(Vector.Load(rows + c), Vector.Load(slope + c), Vector.Load(shift + c));
                Vector.Store(MulAdd(Vector.Load(gradient + c), Vector.Load(scale + c), rest), result + c);
            }

            for (var c = whole; c < channels; c++) result[c] = (gradient[c] * scale[c]) + ((rows[c] * slope[c]) + shift[c]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> MulAdd<T>(Vector<T> a, Vector<T> b, Vector<T> c)
        where T : unmanaged, INumber<T> =>
        typeof(T) == typeof(float) ? Vector.FusedMultiplyAdd(a.As<T, float>(), b.As<T, float>(), c.As<T, float>()).As<float, T>()
        : typeof(T) == typeof(double) ? Vector.FusedMultiplyAdd(a.As<T, double>(), b.As<T, double>(), c.As<T, double>()).As<double, T>()
        : (a * b) + c;

    private static void Distances<T>(T* origin, T* rows, int count, int channels, T* sum, T* squares)
        where T : unmanaged, INumber<T>
    {
        var whole = channels - (channels % Vector<T>.Count);
        for (; count > 0; count -= RowsAtOnce, rows += RowsAtOnce * channels)
        {
            var now = Math.Min(RowsAtOnce, count);
            for (var c = 0; c < whole; c += Vector<T>.Count)
            {
                var (s, q, o) = (Vector.Load(sum + c), Vector.Load(squares + c), Vector.Load(origin + c));
                for (var (r, at) = (0, (long)c); r < now; r++, at += channels)
                {
                    var distance = Vector.Load(rows + at) - o;
                    s += distance;
                    q = MulAdd(distance, distance, q);
                }

                Vector.Store(s, sum + c);
                Vector.Store(q, squares + c);
            }

            for (var c = whole; c < channels; c++)
            {
                for (var (r, at) = (0, (long)c); r < now; r++, at += channels)
                {
                    var distance = rows[at] - origin[c];
                    sum[c] += distance;
                    squares[c] += distance * distance;
                }
            }
        }
    }

    private static void Products<T>(T* mean, T* gradient, T* rows, int count, int channels, T* sum, T* products)
        where T : unmanaged, INumber<T>
    {
        var whole = channels - (channels % Vector<T>.Count);
        for (; count > 0; count -= RowsAtOnce, rows += RowsAtOnce * channels, gradient += RowsAtOnce * channels)
        {
            var now = Math.Min(RowsAtOnce, count);
            for (var c = 0; c < whole; c += Vector<T>.Count)
            {
                var (s, p, m) = (Vector.Load(sum + c), Vector.Load(products + c), Vector.Load(mean + c));
                for (var (r, at) = (0, (long)c); r < now; r++, at += channels)
                {
                    var g = Vector.Load(gradient + at);
                    s += g;
                    p = MulAdd(g, Vector.Load(rows + at) - m, p);
                }

                Vector.Store(s, sum + c);
                Vector.Store(p, products + c);
            }

            for (var c = whole; c < channels; c++)
            {
                for (var (r, at) = (0, (long)c); r < now; r++, at += channels)
                {
                    sum[c] += gradient[at];
                    products[c] += gradient[at] * (rows[at] - mean[c]);
                }
            }
        }
    }

    private static void Flush<T>(Span<T> block, Span<double> sums)
        where T : unmanaged, INumber<T>
    {
        for (var c = 0; c < block.Length; c++) sums[c] += double.CreateChecked(block[c]);
        block.Clear();
    }
}
