using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Autodidact.Clustering;

/// <summary>
/// Sums of single-precision values in double precision, where float32 rounding would show: means, inertia, distances of near points.
/// </summary>
internal static class WideSums
{
    /// <summary>sum += row.</summary>
    public static void Add(Span<double> sum, ReadOnlySpan<float> row)
    {
        ref var to = ref MemoryMarshal.GetReference(sum);
        ref var from = ref MemoryMarshal.GetReference(row);
        var j = 0;
        for (; j <= row.Length - 8; j += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)j));
            (Vector256.LoadUnsafe(ref to, (nuint)j) + low).StoreUnsafe(ref to, (nuint)j);
            (Vector256.LoadUnsafe(ref to, (nuint)j + 4) + high).StoreUnsafe(ref to, (nuint)j + 4);
        }

        for (; j < row.Length; j++)
        {
            sum[j] += row[j];
        }
    }

    /// <summary>sum -= row.</summary>
    public static void Subtract(Span<double> sum, ReadOnlySpan<float> row)
    {
        ref var to = ref MemoryMarshal.GetReference(sum);
        ref var from = ref MemoryMarshal.GetReference(row);
        var j = 0;
        for (; j <= row.Length - 8; j += 8)
        {
            var (low, high) = Vector256.Widen(Vector256.LoadUnsafe(ref from, (nuint)j));
            (Vector256.LoadUnsafe(ref to, (nuint)j) - low).StoreUnsafe(ref to, (nuint)j);
            (Vector256.LoadUnsafe(ref to, (nuint)j + 4) - high).StoreUnsafe(ref to, (nuint)j + 4);
        }

        for (; j < row.Length; j++)
        {
            sum[j] -= row[j];
        }
    }

    /// <summary>|x|^2.</summary>
    public static double SquaredNorm(ReadOnlySpan<float> x) => Dot(x, x);

    /// <summary>x . y.</summary>
    public static double Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y);
        Vector256<double> s0 = default, s1 = default;
        var j = 0;
        for (; j <= x.Length - 8; j += 8)
        {
            var (aLow, aHigh) = Vector256.Widen(Vector256.LoadUnsafe(ref a, (nuint)j));
            var (bLow, bHigh) = Vector256.Widen(Vector256.LoadUnsafe(ref b, (nuint)j));
            s0 += aLow * bLow;
            s1 += aHigh * bHigh;
        }

        var sum = Vector256.Sum(s0 + s1);
        for (; j < x.Length; j++)
        {
            sum += (double)x[j] * y[j];
        }

        return sum;
    }

    /// <summary>|x - y|^2.</summary>
    public static double SquaredDistance(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        ref var a = ref MemoryMarshal.GetReference(x);
        ref var b = ref MemoryMarshal.GetReference(y);
        Vector256<double> s0 = default, s1 = default;
        var j = 0;
        for (; j <= x.Length - 8; j += 8)
        {
            var (aLow, aHigh) = Vector256.Widen(Vector256.LoadUnsafe(ref a, (nuint)j));
            var (bLow, bHigh) = Vector256.Widen(Vector256.LoadUnsafe(ref b, (nuint)j));
            s0 += Square(aLow - bLow);
            s1 += Square(aHigh - bHigh);
        }

        var sum = Vector256.Sum(s0 + s1);
        for (; j < x.Length; j++)
        {
            var difference = (double)x[j] - y[j];
            sum += difference * difference;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Square(Vector256<double> value) => value * value;
}
