using System.Numerics;
using System.Runtime.Intrinsics;

namespace Autodidact.Models;

/// <summary>How numbers lie in memory, and are brought to what is computed with.</summary>
/// <typeparam name="T">What is computed with.</typeparam>
internal unsafe interface IChannelType<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>Bytes of a number in memory.</summary>
    static abstract int Bytes { get; }

    /// <summary>As many numbers as a vector holds.</summary>
    /// <param name="at">Where they lie.</param>
    static abstract Vector256<T> Load(byte* at);

    /// <summary>Writes as many.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="at">Where they go.</param>
    static abstract void Store(Vector256<T> values, byte* at);

    /// <summary>One number.</summary>
    /// <param name="at">Where it lies.</param>
    static abstract T LoadOne(byte* at);

    /// <summary>Writes one.</summary>
    /// <param name="value">The number.</param>
    /// <param name="at">Where it goes.</param>
    static abstract void StoreOne(T value, byte* at);
}

/// <summary>Numbers that lie in memory as they are computed with.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly unsafe struct PlainType<T> : IChannelType<T>
    where T : unmanaged, INumber<T>
{
    /// <inheritdoc/>
    public static int Bytes => sizeof(T);

    /// <inheritdoc/>
    public static Vector256<T> Load(byte* at) => Vector256.Load((T*)at);

    /// <inheritdoc/>
    public static void Store(Vector256<T> values, byte* at) => Vector256.Store(values, (T*)at);

    /// <inheritdoc/>
    public static T LoadOne(byte* at) => *(T*)at;

    /// <inheritdoc/>
    public static void StoreOne(T value, byte* at) => *(T*)at = value;
}

/// <summary>bfloat16, the upper half of a float32, rounded to the nearest, ties to even. Not a number stays so.</summary>
internal readonly unsafe struct BFloat16Type : IChannelType<float>
{
    private const uint NotANumber = 0x7FC0;

    /// <inheritdoc/>
    public static int Bytes => sizeof(ushort);

    /// <inheritdoc/>
    public static Vector256<float> Load(byte* at) =>
        (Vector256.WidenLower(Vector128.Load((ushort*)at).ToVector256Unsafe()) << 16).AsSingle();

    /// <inheritdoc/>
    public static void Store(Vector256<float> values, byte* at)
    {
        var bits = values.AsUInt32();
        var rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >>> 16) & Vector256<uint>.One)) >>> 16;
        var result = Vector256.ConditionalSelect(Vector256.Equals(values, values).AsUInt32(), rounded, Vector256.Create(NotANumber));
        Vector128.Store(Vector128.Narrow(result.GetLower(), result.GetUpper()), (ushort*)at);
    }

    /// <inheritdoc/>
    public static float LoadOne(byte* at) => BitConverter.UInt32BitsToSingle((uint)*(ushort*)at << 16);

    /// <inheritdoc/>
    public static void StoreOne(float value, byte* at)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        *(ushort*)at = (ushort)(float.IsNaN(value) ? NotANumber : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
