using System.Runtime.CompilerServices;

namespace Autodidact.Numerics;

/// <summary>
/// Counter-based random numbers (Philox 4x32-10; Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
/// a stream is a pure function of its key and counter, so neither the number of workers nor a resume can change what is drawn.
/// </summary>
/// <remarks>A mutable struct: pass it by <c>ref</c>, or each copy repeats the same draws.</remarks>
internal struct CounterRandom
{
    private readonly uint _key0;
    private readonly uint _key1;
    private readonly uint _counter1;
    private readonly uint _counter2;
    private readonly uint _counter3;
    private uint _block;
    private uint _r0;
    private uint _r1;
    private uint _r2;
    private uint _r3;
    private int _left;

    /// <summary>Starts the stream that belongs to (seed, a, b, c).</summary>
    /// <param name="seed">The run's seed, all 64 bits used.</param>
    /// <param name="a">First coordinate, e.g. the epoch.</param>
    /// <param name="b">Second coordinate, e.g. the image index.</param>
    /// <param name="c">Third coordinate, e.g. the view.</param>
    public CounterRandom(ulong seed, uint a = 0, uint b = 0, uint c = 0)
    {
        _key0 = (uint)seed;
        _key1 = (uint)(seed >> 32);
        _counter1 = a;
        _counter2 = b;
        _counter3 = c;
    }

    /// <summary>A 32-bit number, uniform.</summary>
    public uint NextUInt32()
    {
        if (_left == 0)
        {
            (_r0, _r1, _r2, _r3) = Philox(_block++, _counter1, _counter2, _counter3, _key0, _key1);
            _left = 4;
        }

        return _left-- switch { 4 => _r0, 3 => _r1, 2 => _r2, _ => _r3 };
    }

    /// <summary>A number in [0, 1), 24 bits.</summary>
    public float NextSingle() => (NextUInt32() >> 8) * (1f / (1 << 24));

    /// <summary>A number in [0, 1), 53 bits.</summary>
    public double NextDouble() => (((ulong)NextUInt32() << 21) ^ (NextUInt32() >> 11)) * (1.0 / (1UL << 53));

    /// <summary>A number in [low, high).</summary>
    public float Uniform(float low, float high) => low + ((high - low) * NextSingle());

    /// <summary>An integer in [0, bound), without modulo bias (Lemire's multiply-and-reject).</summary>
    /// <param name="bound">At least 1.</param>
    public int NextInt32(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var product = (ulong)NextUInt32() * (uint)bound;
        if ((uint)product < (uint)bound)
        {
            var threshold = (0u - (uint)bound) % (uint)bound;
            while ((uint)product < threshold)
            {
                product = (ulong)NextUInt32() * (uint)bound;
            }
        }

        return (int)(product >> 32);
    }

    /// <summary>Shuffles in place (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>One Philox 4x32-10 block. Exposed for its published test vectors.</summary>
    internal static (uint R0, uint R1, uint R2, uint R3) Philox(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < 10; round++)
        {
            Round(ref c0, ref c1, ref c2, ref c3, k0, k1);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return (c0, c1, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(ref uint c0, ref uint c1, ref uint c2, ref uint c3, uint k0, uint k1)
    {
        var p0 = (ulong)c0 * 0xD2511F53;
        var p1 = (ulong)c2 * 0xCD9E8D57;
        (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
    }
}
