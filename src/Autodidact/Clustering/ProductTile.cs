using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Autodidact.Clustering;

/// <summary>
/// Six rows times sixteen centroids: the inner kernel of every distance here. Each product is one chain of fused multiply-adds over the
/// dimensions in ascending order, so its bits do not depend on which rows share the tile, on blocking or on the number of threads;
/// that is what lets a pruned pass compare with a full one bit for bit.
/// </summary>
internal static unsafe class ProductTile
{
    /// <summary>Rows of a tile: with two vectors a row, twelve sums fill the sixteen AVX registers but for four.</summary>
    public const int Rows = 6;

    /// <summary>Centroids of a tile, and of a panel.</summary>
    public const int Columns = 16;

    /// <summary>Writes the 6 x 16 products, row by row.</summary>
    /// <param name="rows">Six addresses, each of <paramref name="dimensions"/> values; repeats allowed.</param>
    /// <param name="panel">Sixteen centroids interleaved: [dimensions][16], 32-byte aligned.</param>
    /// <param name="dimensions">Length of the products.</param>
    /// <param name="products">96 values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float** rows, float* panel, nint dimensions, float* products)
    {
        float* x0 = rows[0], x1 = rows[1], x2 = rows[2], x3 = rows[3], x4 = rows[4], x5 = rows[5];
        Vector256<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        Vector256<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        for (nint p = 0; p < dimensions; p++)
        {
            var c0 = Vector256.LoadAligned(panel);
            var c1 = Vector256.LoadAligned(panel + 8);
            panel += Columns;
            var x = Vector256.Create(x0[p]);
            s00 = Vector256.FusedMultiplyAdd(x, c0, s00);
            s01 = Vector256.FusedMultiplyAdd(x, c1, s01);
            x = Vector256.Create(x1[p]);
            s10 = Vector256.FusedMultiplyAdd(x, c0, s10);
            s11 = Vector256.FusedMultiplyAdd(x, c1, s11);
            x = Vector256.Create(x2[p]);
            s20 = Vector256.FusedMultiplyAdd(x, c0, s20);
            s21 = Vector256.FusedMultiplyAdd(x, c1, s21);
            x = Vector256.Create(x3[p]);
            s30 = Vector256.FusedMultiplyAdd(x, c0, s30);
            s31 = Vector256.FusedMultiplyAdd(x, c1, s31);
            x = Vector256.Create(x4[p]);
            s40 = Vector256.FusedMultiplyAdd(x, c0, s40);
            s41 = Vector256.FusedMultiplyAdd(x, c1, s41);
            x = Vector256.Create(x5[p]);
            s50 = Vector256.FusedMultiplyAdd(x, c0, s50);
            s51 = Vector256.FusedMultiplyAdd(x, c1, s51);
        }

        Store(s00, s01, products);
        Store(s10, s11, products + 16);
        Store(s20, s21, products + 32);
        Store(s30, s31, products + 48);
        Store(s40, s41, products + 64);
        Store(s50, s51, products + 80);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> low, Vector256<float> high, float* target)
    {
        low.Store(target);
        high.Store(target + 8);
    }
}
