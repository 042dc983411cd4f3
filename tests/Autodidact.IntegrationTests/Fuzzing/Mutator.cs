using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.RegularExpressions;
using Autodidact.Numerics;

namespace Autodidact.Fuzzing;

/// <summary>Makes damaged and hostile variants of a file: a pure function of the file and the random stream.</summary>
internal static partial class Mutator
{
    private const int HeadBytes = 512;
    private const int MostEdits = 4;

    private static readonly ulong[] _numbers =
    [
        0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 20_000, 100_000, 1_000_000_000, 0x7fffffff, 0x80000000, 0xfffffff0,
        0xffffffff, 0x1_0000_0000, 0x7fffffff_ffffffff, 0x80000000_00000000, ulong.MaxValue,
    ];

    private static readonly string[] _values =
    [
        "null", "-1", "0", "1e300", "-1e300", "99999999999999999999", "2147483648", "0.5", "true", "\"\"", "\"\\u0000\"", "[]", "{}",
        "[[]]", "\"../../x\"", "\"\\u001b[2J\"", "[null]", "\"NaN\"", "20000", "1000000000",
    ];

    /// <summary>One variant.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="other">A second file, pieces of which may be taken.</param>
    /// <param name="text">Whether it is text with values, such as JSON: then values are replaced and doubled too.</param>
    /// <param name="random">The stream.</param>
    public static byte[] Mutate(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> other, bool text, ref CounterRandom random)
    {
        var result = bytes.ToArray();
        var edits = 1 + random.NextInt32(MostEdits);
        for (var i = 0; i < edits && result.Length > 0; i++)
        {
            result = text && random.NextInt32(4) > 0 ? EditText(result, ref random) : Edit(result, other, ref random);
        }

        if (IsPng(result) && random.NextInt32(4) > 0)
        {
            MendPngChecksums(result);
        }

        return result;
    }

    private static byte[] Edit(byte[] bytes, ReadOnlySpan<byte> other, ref CounterRandom random)
    {
        // Half of the edits go to the head, where sizes and names stand.
        var at = random.NextInt32(random.NextInt32(2) == 0 ? Math.Min(HeadBytes, bytes.Length) : bytes.Length);
        var length = Math.Min(1 + random.NextInt32(64), bytes.Length - at);
        switch (random.NextInt32(11))
        {
            case 0:
            case 1:
                bytes[at] ^= (byte)(1 << random.NextInt32(8));
                return bytes;
            case 2:
                bytes[at] = (byte)random.NextInt32(256);
                return bytes;
            case 3:
            case 4:
                WriteNumber(bytes.AsSpan(at), ref random);
                return bytes;
            case 5:
                return bytes[..at];
            case 6:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)];
            case 7:
                return [.. bytes.AsSpan(0, at + length), .. bytes.AsSpan(at)];
            case 8:
                return [.. bytes.AsSpan(0, at), .. new byte[length], .. bytes.AsSpan(at)];
            case 9:
                bytes.AsSpan(at, length).Fill((byte)(random.NextInt32(2) * 255));
                return bytes;
            default:
                if (other.IsEmpty)
                {
                    return bytes;
                }

                var from = random.NextInt32(other.Length);
                var taken = other.Slice(from, Math.Min(length * 4, other.Length - from));
                return [.. bytes.AsSpan(0, at), .. taken, .. bytes.AsSpan(at + length)];
        }
    }

    /// <summary>A number at the border of what a type holds, in one of four sizes and either order of bytes.</summary>
    private static void WriteNumber(Span<byte> at, ref CounterRandom random)
    {
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, _numbers[random.NextInt32(_numbers.Length)]);
        var size = 1 << random.NextInt32(4);
        number = number[..size];
        if (random.NextInt32(2) == 0)
        {
            number.Reverse();
        }

        number[..Math.Min(size, at.Length)].CopyTo(at);
    }

    /// <summary>Replaces a value, or says a property twice.</summary>
    private static byte[] EditText(byte[] bytes, ref CounterRandom random)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var twice = random.NextInt32(4) == 0;
        var found = (twice ? Property() : Value()).Matches(text);
        if (found.Count == 0)
        {
            return bytes;
        }

        var match = found[random.NextInt32(found.Count)];
        var value = twice ? $"{match.Value}, {match.Value}" : _values[random.NextInt32(_values.Length)];
        return Encoding.Latin1.GetBytes($"{text.AsSpan(0, match.Index)}{value}{text.AsSpan(match.Index + match.Length)}");
    }

    private static bool IsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]);

    /// <summary>Makes the checksums right again: else most damage to a PNG stops at the first of them.</summary>
    private static void MendPngChecksums(Span<byte> png)
    {
        for (var at = 8; at + 12 <= png.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
            if (length > png.Length - at - 12)
            {
                return;
            }

            var covered = png.Slice(at + 4, (int)length + 4);
            BinaryPrimitives.WriteUInt32BigEndian(png[(at + 8 + (int)length)..], Crc32.HashToUInt32(covered));
            at += (int)length + 12;
        }
    }

    [GeneratedRegex("""(?<=[:,\[{\n]\s*)("[^"\n]{0,200}"|-?[0-9][0-9.eE+-]*|null|true|false)(?=\s*[,\]}\n])""")]
    private static partial Regex Value();

    [GeneratedRegex("""\"[^"\n]{1,60}":\s*("[^"\n]{0,60}"|-?[0-9][0-9.eE+-]*|null|true|false)""")]
    private static partial Regex Property();
}
