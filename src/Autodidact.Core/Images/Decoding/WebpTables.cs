using System.Buffers.Binary;

namespace Autodidact.Images;

/// <summary>
/// Counts the groups of codes of a lossless WebP picture. A small file may name 65,536 of them, for each of which the decoder makes tables
/// of several kilobytes. The count lies behind pictures of its own, which are therefore read here, without keeping them.
/// </summary>
internal ref struct WebpTables
{
    private const int LengthSymbols = 19;
    private const int Literals = 256;
    private const int LengthCodes = 24;
    private const int DistanceCodes = 40;

    // Where the decoder looks first, since few lengths are used.
    private static readonly byte[] _lengthOrder = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private readonly ReadOnlySpan<byte> _bytes;
    private long _bit;

    private WebpTables(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The number of groups in a bit stream.</summary>
    /// <param name="bytes">The stream, from its transforms on.</param>
    /// <param name="firstBit">The bit at which the transforms begin.</param>
    /// <param name="width">Width of the picture.</param>
    /// <param name="height">Height of the picture.</param>
    /// <returns>The groups; one if the stream is damaged, which the decoder tells.</returns>
    public static int Groups(ReadOnlySpan<byte> bytes, int firstBit, int width, int height)
    {
        var tables = new WebpTables(bytes) { _bit = firstBit };
        return tables.ReadGroups(width, height) ?? 1;
    }

    private int? ReadGroups(int width, int height)
    {
        var seen = 0;
        while (Bits(1) == 1)
        {
            // The decoder takes each transform once.
            var transform = Bits(2);
            if (End || (seen >> transform & 1) == 1)
                return null;
            seen |= 1 << transform;
            switch (transform)
            {
                case 0 or 1:
                    var bits = Bits(3) + 2;
                    if (ReadPicture(Blocks(width, bits), Blocks(height, bits)) is null)
                        return null;
                    break;
                case 3:
                    var colours = Bits(8) + 1;
                    if (ReadPicture(colours, 1) is null)
                        return null;
                    width = Blocks(width, colours <= 2 ? 3 : colours <= 4 ? 2 : colours <= 16 ? 1 : 0);
                    break;
            }
        }

        if (Bits(1) == 1)
            _ = Bits(4);
        if (Bits(1) == 0)
            return 1;
        var side = Bits(3) + 2;
        return ReadPicture(Blocks(width, side), Blocks(height, side)) + 1;
    }

    /// <summary>Passes over a picture; the largest red and green, as one number, of its pixels, or null if it is damaged.</summary>
    private int? ReadPicture(int width, int height)
    {
        var cache = Bits(1) == 1 ? 1 << Bits(4) : 0;
        var codes = new Code[5];
        for (var i = 0; i < codes.Length; i++)
        {
            var symbols = i == 0 ? Literals + LengthCodes + cache : i == 4 ? DistanceCodes : Literals;
            if (ReadCode(symbols) is not { } code)
                return null;
            codes[i] = code;
        }

        // What is copied from elsewhere, or taken from the cache, was a literal once: literals alone decide the largest number.
        var largest = 0;
        for (var left = (long)width * height; left > 0;)
        {
            var before = _bit;
            var green = Symbol(codes[0]);
            if (green < 0 || End)
                return null;
            if (green < Literals)
            {
                largest = Math.Max(largest, Math.Max(0, Symbol(codes[1])) << 8 | green);
                _ = Symbol(codes[2]);
                _ = Symbol(codes[3]);
                left--;
            }
            else if (green < Literals + LengthCodes)
            {
                left -= Prefixed(green - Literals);
                _ = Prefixed(Math.Max(0, Symbol(codes[4])));
            }
            else
            {
                left--;
            }

            // Codes of one symbol take no bits: if none was taken here, all further pixels are as this one.
            if (_bit == before)
                break;
        }

        return largest;
    }

    private Code? ReadCode(int symbols)
    {
        var lengths = new byte[symbols];
        if (Bits(1) == 1)
        {
            var two = Bits(1) == 1;
            var first = Bits(Bits(1) == 1 ? 8 : 1);
            var second = two ? Bits(8) : first;
            if (first >= symbols || second >= symbols)
                return null;
            lengths[first] = lengths[second] = 1;
            return Code.Of(lengths);
        }

        var ofLengths = new byte[LengthSymbols];
        var count = 4 + Bits(4);
        for (var i = 0; i < count; i++)
            ofLengths[_lengthOrder[i]] = (byte)Bits(3);
        if (Code.Of(ofLengths) is not { } code)
            return null;
        var most = Bits(1) == 1 ? 2 + Bits(2 + (2 * Bits(3))) : symbols;
        var previous = (byte)8;
        for (var at = 0; at < symbols && most-- > 0;)
        {
            var symbol = Symbol(code);
            if (symbol < 0 || End)
                return null;
            if (symbol < 16)
            {
                lengths[at++] = (byte)symbol;
                previous = symbol > 0 ? (byte)symbol : previous;
                continue;
            }

            var times = symbol switch { 16 => 3 + Bits(2), 17 => 3 + Bits(3), _ => 11 + Bits(7) };
            if (at + times > symbols)
                return null;
            lengths.AsSpan(at, times).Fill(symbol == 16 ? previous : (byte)0);
            at += times;
        }

        return Code.Of(lengths);
    }

    private readonly bool End => _bit > 8L * _bytes.Length;

    private static int Blocks(int pixels, int bits) => (pixels + (1 << bits) - 1) >> bits;

    private int Prefixed(int symbol)
    {
        if (symbol < 4)
            return symbol + 1;
        var extra = (symbol - 2) >> 1;
        return ((2 + (symbol & 1)) << extra) + Bits(extra) + 1;
    }

    private int Symbol(Code code)
    {
        if (code.Single >= 0)
            return code.Single;
        var (value, first, index) = (0, 0, 0);
        for (var length = 1; length < Code.Lengths; length++)
        {
            value |= Bits(1);
            var count = code.Counts[length];
            if (value - count < first)
                return code.Symbols[index + (value - first)];
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }

        return -1;
    }

    /// <summary>The next bits, the lowest first; zeros behind the end.</summary>
    private int Bits(int count)
    {
        var (at, shift) = ((int)Math.Min(_bit >> 3, int.MaxValue), (int)(_bit & 7));
        _bit += count;
        if (at + 8 <= _bytes.Length)
            return (int)(BinaryPrimitives.ReadUInt64LittleEndian(_bytes[at..]) >> shift & ((1UL << count) - 1));
        var value = 0UL;
        for (var i = 0; i < 8 && at + i < _bytes.Length; i++)
            value |= (ulong)_bytes[at + i] << (8 * i);
        return (int)(value >> shift & ((1UL << count) - 1));
    }

    /// <summary>A canonical code: how many symbols have each length, and the symbols in the order of their codes.</summary>
    private sealed record Code(int[] Counts, int[] Symbols, int Single)
    {
        public const int Lengths = 16;

        public static Code? Of(byte[] lengths)
        {
            var counts = new int[Lengths];
            foreach (var length in lengths)
                counts[length]++;
            counts[0] = 0;
            var symbols = Enumerable.Range(0, lengths.Length).Where(symbol => lengths[symbol] > 0)
                .OrderBy(symbol => lengths[symbol]).ToArray();
            return symbols.Length == 0 ? null : new Code(counts, symbols, symbols.Length == 1 ? symbols[0] : -1);
        }
    }
}
