using System.Numerics;
using System.Runtime.InteropServices;

namespace Autodidact.Inference;

/// <summary>
/// Products of a row with four queries at once: each part of the row is loaded once for all of them, and four sums in flight hide the
/// latency of an addition. Measured at 100,000 x 128: 1.2 to 1.4 times the queries a second of single products.
/// </summary>
internal static class FourProducts
{
    /// <summary>Queries taken together.</summary>
    public const int Queries = 4;

    /// <summary>Products of a row with four queries of its length.</summary>
    public static (float A, float B, float C, float D) Of(
        ReadOnlySpan<float> row, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> d)
    {
        var rows = MemoryMarshal.Cast<float, Vector<float>>(row);
        var va = MemoryMarshal.Cast<float, Vector<float>>(a)[..rows.Length];
        var vb = MemoryMarshal.Cast<float, Vector<float>>(b)[..rows.Length];
        var vc = MemoryMarshal.Cast<float, Vector<float>>(c)[..rows.Length];
        var vd = MemoryMarshal.Cast<float, Vector<float>>(d)[..rows.Length];
        Vector<float> sa = default, sb = default, sc = default, sd = default;
        for (var i = 0; i < rows.Length; i++)
        {
            var x = rows[i];
            sa = Vector.FusedMultiplyAdd(x, va[i], sa);
            sb = Vector.FusedMultiplyAdd(x, vb[i], sb);
            sc = Vector.FusedMultiplyAdd(x, vc[i], sc);
            sd = Vector.FusedMultiplyAdd(x, vd[i], sd);
        }

        var (pa, pb, pc, pd) = (Vector.Sum(sa), Vector.Sum(sb), Vector.Sum(sc), Vector.Sum(sd));
        for (var i = rows.Length * Vector<float>.Count; i < row.Length; i++)
        {
            pa += row[i] * a[i];
            pb += row[i] * b[i];
            pc += row[i] * c[i];
            pd += row[i] * d[i];
        }

        return (pa, pb, pc, pd);
    }
}
