using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Autodidact.Views;

/// <summary>Eight floats at a time: the few steps that are not plain arithmetic.</summary>
internal static unsafe class Lanes
{
    internal const int Width = 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Clamp01(Vector256<float> x) =>
        Vector256.MinNative(Vector256.MaxNative(x, Vector256<float>.Zero), Vector256<float>.One);

    /// <summary>Eight bytes as floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> FromBytes(byte* source)
    {
        if (Avx2.IsSupported)
            return Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(source));
        var (low, high) = Vector128.Widen(Vector64.Load(source).ToVector128Unsafe()).Lower switch { var words => Vector128.Widen(words) };
        return Vector256.ConvertToSingle(Vector256.Create(low, high).AsInt32());
    }

    /// <summary>Transposes an 8 x 8 block held in eight vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Transpose(
        ref Vector256<float> r0, ref Vector256<float> r1, ref Vector256<float> r2, ref Vector256<float> r3,
        ref Vector256<float> r4, ref Vector256<float> r5, ref Vector256<float> r6, ref Vector256<float> r7)
    {
        if (!Avx.IsSupported)
        {
            TransposeByElement(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
            return;
        }

        var a0 = Avx.UnpackLow(r0, r1);
        var a1 = Avx.UnpackHigh(r0, r1);
        var a2 = Avx.UnpackLow(r2, r3);
        var a3 = Avx.UnpackHigh(r2, r3);
        var a4 = Avx.UnpackLow(r4, r5);
        var a5 = Avx.UnpackHigh(r4, r5);
        var a6 = Avx.UnpackLow(r6, r7);
        var a7 = Avx.UnpackHigh(r6, r7);
        var b0 = Avx.Shuffle(a0, a2, 0x44);
        var b1 = Avx.Shuffle(a0, a2, 0xEE);
        var b2 = Avx.Shuffle(a1, a3, 0x44);
        var b3 = Avx.Shuffle(a1, a3, 0xEE);
        var b4 = Avx.Shuffle(a4, a6, 0x44);
        var b5 = Avx.Shuffle(a4, a6, 0xEE);
        var b6 = Avx.Shuffle(a5, a7, 0x44);
        var b7 = Avx.Shuffle(a5, a7, 0xEE);
        r0 = Avx.Permute2x128(b0, b4, 0x20);
        r1 = Avx.Permute2x128(b1, b5, 0x20);
        r2 = Avx.Permute2x128(b2, b6, 0x20);
        r3 = Avx.Permute2x128(b3, b7, 0x20);
        r4 = Avx.Permute2x128(b0, b4, 0x31);
        r5 = Avx.Permute2x128(b1, b5, 0x31);
        r6 = Avx.Permute2x128(b2, b6, 0x31);
        r7 = Avx.Permute2x128(b3, b7, 0x31);
    }

    /// <summary>The transpose for processors without AVX.</summary>
    internal static void TransposeByElement(
        ref Vector256<float> r0, ref Vector256<float> r1, ref Vector256<float> r2, ref Vector256<float> r3,
        ref Vector256<float> r4, ref Vector256<float> r5, ref Vector256<float> r6, ref Vector256<float> r7)
    {
        var block = stackalloc float[Width * Width];
        var turned = stackalloc float[Width * Width];
        r0.Store(block);
        r1.Store(block + 8);
        r2.Store(block + 16);
        r3.Store(block + 24);
        r4.Store(block + 32);
        r5.Store(block + 40);
        r6.Store(block + 48);
        r7.Store(block + 56);
        for (var i = 0; i < Width; i++)
        {
            for (var j = 0; j < Width; j++)
                turned[(i * Width) + j] = block[(j * Width) + i];
        }

        r0 = Vector256.Load(turned);
        r1 = Vector256.Load(turned + 8);
        r2 = Vector256.Load(turned + 16);
        r3 = Vector256.Load(turned + 24);
        r4 = Vector256.Load(turned + 32);
        r5 = Vector256.Load(turned + 40);
        r6 = Vector256.Load(turned + 48);
        r7 = Vector256.Load(turned + 56);
    }
}
