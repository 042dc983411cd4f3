using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Autodidact.Models;

/// <summary>
/// The passes of batch normalisation over rows of channels in memory, one thread each. libtorch offers them only joined, where no sum of
/// other ranks can come between. Sums of many rows are kept in float64.
/// </summary>
/// <typeparam name="T">What is computed with: float or double.</typeparam>
/// <typeparam name="TType">How the numbers lie in memory.</typeparam>
internal static unsafe class BatchNormKernels<T, TType>
    where T : unmanaged, INumber<T>
    where TType : struct, IChannelType<T>
{
    // Few enough that float32 sums of them lose nothing that matters.
    private const int BlockRows = 256;
    private const int RowsAtOnce = 4;

    /// <summary>Mean and summed squared distance from it of each channel.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="mean">Takes the means; 0 without rows.</param>
    /// <param name="squares">Takes the sums of squared distances.</param>
    public static void Moments(ChannelRows rows, Span<double> mean, Span<double> squares)
    {
        // Distances are taken from the first row first: their squares then lose no digits to a large mean.
        mean.Clear();
        squares.Clear();
        if (rows.Count == 0) return;
        var channels = rows.Channels;
        var origins = new T[channels];
        for (var c = 0; c < channels; c++) origins[c] = TType.LoadOne(rows.Data + ((long)c * TType.Bytes));
        var sums = new T[2 * channels];
        fixed (T* sum = sums, origin = origins)
        {
            for (var from = 0L; from < rows.Count; from += BlockRows)
            {
                var count = (int)Math.Min(BlockRows, rows.Count - from);
                Distances(origin, rows.Data + (from * channels * TType.Bytes), count, channels, sum, sum + channels);
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
    public static void GradientSums(ChannelRows gradient, ChannelRows rows, T[] mean, Span<double> sums)
    {
        sums.Clear();
        var channels = rows.Channels;
        var block = new T[2 * channels];
        fixed (T* sum = block, centre = mean)
        {
            for (var from = 0L; from < rows.Count; from += BlockRows)
            {
                var (at, count) = (from * channels * TType.Bytes, (int)Math.Min(BlockRows, rows.Count - from));
                Products(centre, gradient.Data + at, rows.Data + at, count, channels, sum, sum + channels);
                Flush(block, sums);
            }
        }
    }

    /// <summary>result = rows * scale + shift.</summary>
    public static void Scale(ChannelRows rows, T[] scale, T[] shift, ChannelRows result)
    {
        var (channels, bytes) = (rows.Channels, TType.Bytes);
        var whole = channels - (channels % Vector256<T>.Count);
        fixed (T* a = scale, b = shift)
        {
            for (var at = 0L; at < rows.Count * channels * bytes; at += channels * bytes)
            {
                byte* from = rows.Data + at, to = result.Data + at;
                for (var c = 0; c < whole; c += Vector256<T>.Count)
                    TType.Store(MulAdd(TType.Load(from + (c * bytes)), Vector256.Load(a + c), Vector256.Load(b + c)), to + (c * bytes));
                for (var c = whole; c < channels; c++)
                    TType.StoreOne((TType.LoadOne(from + (c * bytes)) * a[c]) + b[c], to + (c * bytes));
            }
        }
    }

    /// <summary>result = gradient * scale + rows * slope + shift.</summary>
    public static void Combine(ChannelRows gradient, ChannelRows rows, T[] scale, T[] slope, T[] shift, ChannelRows result)
    {
        var (channels, bytes) = (rows.Channels, TType.Bytes);
        var whole = channels - (channels % Vector256<T>.Count);
        fixed (T* a = scale, b = slope, d = shift)
        {
            for (var at = 0L; at < rows.Count * channels * bytes; at += channels * bytes)
            {
                byte* g = gradient.Data + at, x = rows.Data + at, to = result.Data + at;
                for (var c = 0; c < whole; c += Vector256<T>.Count)
                {
                    var rest = MulAdd(TType.Load(x + (c * bytes)), Vector256.Load(b + c), Vector256.Load(d + c));
                    TType.Store(MulAdd(TType.Load(g + (c * bytes)), Vector256.Load(a + c), rest), to + (c * bytes));
                }

                for (var c = whole; c < channels; c++)
                {
                    var rest = (TType.LoadOne(x + (c * bytes)) * b[c]) + d[c];
                    TType.StoreOne((TType.LoadOne(g + (c * bytes)) * a[c]) + rest, to + (c * bytes));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> MulAdd(Vector256<T> a, Vector256<T> b, Vector256<T> c) =>
        typeof(T) == typeof(float) ? Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
        : Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    private static void Distances(T* origin, byte* rows, int count, int channels, T* sum, T* squares)
    {
        var (whole, width) = (channels - (channels % Vector256<T>.Count), (long)channels * TType.Bytes);
        for (; count > 0; count -= RowsAtOnce, rows += RowsAtOnce * width)
        {
            var now = Math.Min(RowsAtOnce, count);
            for (var c = 0; c < whole; c += Vector256<T>.Count)
            {
                var (s, q, o) = (Vector256.Load(sum + c), Vector256.Load(squares + c), Vector256.Load(origin + c));
                var at = rows + (c * TType.Bytes);
                for (var r = 0; r < now; r++, at += width)
                {
                    var distance = TType.Load(at) - o;
                    s += distance;
                    q = MulAdd(distance, distance, q);
                }

                Vector256.Store(s, sum + c);
                Vector256.Store(q, squares + c);
            }

            for (var c = whole; c < channels; c++)
            {
                for (var r = 0; r < now; r++)
                {
                    var distance = TType.LoadOne(rows + (r * width) + (c * TType.Bytes)) - origin[c];
                    sum[c] += distance;
                    squares[c] += distance * distance;
                }
            }
        }
    }

    private static void Products(T* mean, byte* gradient, byte* rows, int count, int channels, T* sum, T* products)
    {
        var (whole, width) = (channels - (channels % Vector256<T>.Count), (long)channels * TType.Bytes);
        for (; count > 0; count -= RowsAtOnce, rows += RowsAtOnce * width, gradient += RowsAtOnce * width)
        {
            var now = Math.Min(RowsAtOnce, count);
            for (var c = 0; c < whole; c += Vector256<T>.Count)
            {
                var (s, p, m) = (Vector256.Load(sum + c), Vector256.Load(products + c), Vector256.Load(mean + c));
                var at = (long)c * TType.Bytes;
                for (var r = 0; r < now; r++, at += width)
                {
                    var g = TType.Load(gradient + at);
                    s += g;
                    p = MulAdd(g, TType.Load(rows + at) - m, p);
                }

                Vector256.Store(s, sum + c);
                Vector256.Store(p, products + c);
            }

            for (var c = whole; c < channels; c++)
            {
                for (var r = 0; r < now; r++)
                {
                    var at = (r * width) + (c * TType.Bytes);
                    var g = TType.LoadOne(gradient + at);
                    sum[c] += g;
                    products[c] += g * (TType.LoadOne(rows + at) - mean[c]);
                }
            }
        }
    }

    private static void Flush(Span<T> block, Span<double> sums)
    {
        for (var c = 0; c < block.Length; c++) sums[c] += double.CreateChecked(block[c]);
        block.Clear();
    }
}
