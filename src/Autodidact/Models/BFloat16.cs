using System.Numerics;

namespace Autodidact.Models;

/// <summary>bfloat16, the upper half of a float32, in memory.</summary>
internal static unsafe class BFloat16
{
    /// <summary>bfloat16 to float32.</summary>
    public static void Widen(ushort* from, long count, float* to)
    {
        var at = 0L;
        for (; at + Vector<ushort>.Count <= count; at += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.Load(from + at), out var low, out var high);
            Vector.Store(Vector.AsVectorSingle(low << 16), to + at);
            Vector.Store(Vector.AsVectorSingle(high << 16), to + at + Vector<float>.Count);
        }

        for (; at < count; at++) to[at] = BitConverter.UInt32BitsToSingle((uint)from[at] << 16);
    }

    /// <summary>float32 to the nearest bfloat16, ties to even. Not a number stays so.</summary>
    public static void Narrow(float* from, long count, ushort* to)
    {
        var at = 0L;
        for (; at + Vector<ushort>.Count <= count; at += Vector<ushort>.Count)
            Vector.Store(Vector.Narrow(Round(Vector.Load(from + at)), Round(Vector.Load(from + at + Vector<float>.Count))), to + at);
        for (; at < count; at++)
        {
            var bits = BitConverter.SingleToUInt32Bits(from[at]);
            to[at] = (ushort)(float.IsNaN(from[at]) ? 0x7FC0 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }

    private static Vector<uint> Round(Vector<float> values)
    {
        var bits = Vector.AsVectorUInt32(values);
        var rounded = (bits + new Vector<uint>(0x7FFF) + ((bits >>> 16) & Vector<uint>.One)) >>> 16;
        return Vector.ConditionalSelect(Vector.AsVectorUInt32(Vector.Equals(values, values)), rounded, new Vector<uint>(0x7FC0));
    }
}
