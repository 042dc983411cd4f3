using System.Buffers.Binary;
using System.Text;
using Autodidact.Numerics;
using Autodidact.Serialization;

namespace Autodidact.Tests.Serialization;

/// <summary>Safetensors files that somebody broke on purpose, against <see cref="StrictSafetensors"/>.</summary>
public sealed class HostileSafetensorsTests : IDisposable
{
    private const string A = "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";
    private readonly ScratchFolder _scratch = new();
    private readonly byte[] _whole = File.ReadAllBytes(Path.Combine("Fixtures", "serialization", "by-hand.safetensors"));

    public static TheoryData<string, int> Headers() => new()
    {
        { "", 0 },
        { "{", 0 },
        { " {}", 0 },
        { "\ufeff{}", 0 },
        { "{}x", 0 },
        { "{}{}", 0 },
        { "{} // none", 0 },
        { "null", 0 },
        { "[" + A + "]", 4 },
        { "{" + A + ",}", 4 },
        { "{" + A.Replace('"', '\'') + "}", 4 },
        { "{" + A.Replace("\"a\"", "a", StringComparison.Ordinal) + "}", 4 },
        { "{" + A + "," + A + "}", 4 },
        { "{" + A + "," + A + "}", 8 },
        { "{" + A + ",\"\\u0061\":" + A[4..] + "}", 4 },
        { "{" + A.Replace("\"a\"", "\"a\\nb\"", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("\"a\"", "\"\\u001b[2J\"", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("\"a\"", "\"\\ud800\"", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("F32", "F32\\nsecond line", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("F32", "f32", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("F32", "F4", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("\"F32\"", "null", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("\"F32\"", "7", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("\"dtype\":\"F32\"", "\"dtype\":\"F64\",\"dtype\":\"F32\"", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("\"dtype\":\"F32\",", "", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("\"dtype\"", "\"type\"", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("\"dtype\"", "\"more\":1,\"dtype\"", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[-1]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[-1,-1]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[1.0]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[1e0]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[01]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[\"1\"]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "1", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "null", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[[1]]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[2]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[0]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[9223372036854775807]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[9223372036854775808]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[4611686018427387904,4611686018427387904]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[3037000500,3037000500]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[4294967296,4294967296,1]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[1]", "[4611686018427387905]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[0,4]", "[0,4,4]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[0,4]", "[4]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[0,4]", "[]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[0,4]", "[4,0]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[0,4]", "[4,8]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[0,4]", "[-4,0]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[0,4]", "[9223372036854775804,9223372036854775808]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[0,4]", "[18446744073709551612,18446744073709551616]", StringComparison.Ordinal) + "}", 4 },
        { "{" + A.Replace("[0,4]", "[1,5]", StringComparison.Ordinal) + "}", 5 },
        { "{" + A + ",\"b\":" + A[4..].Replace("[0,4]", "[2,6]", StringComparison.Ordinal) + "}", 6 },
        { "{" + A + ",\"b\":" + A[4..].Replace("[0,4]", "[5,9]", StringComparison.Ordinal) + "}", 9 },
        { "{" + A + ",\"b\":" + A[4..] + "}", 4 },
        { "{" + A + ",\"b\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[2,2]}}", 4 },
        { "{" + A + ",\"b\":{\"dtype\":\"U8\",\"shape\":[0,4611686018427387904,4],\"data_offsets\":[4,4]}}", 4 },
        { "{" + A.Replace("\"a\"", "\"" + new string('n', 501) + "\"", StringComparison.Ordinal) + "}", 4 },
        { "{" + A + "}", 0 },
        { "{" + A + "}", 5 },
        { "{}", 1 },
        { "{\"a\":null}", 0 },
        { "{\"a\":[]}", 0 },
        { "{\"a\":\"\"}", 0 },
        { "{\"__metadata__\":null}", 0 },
        { "{\"__metadata__\":\"text\"}", 0 },
        { "{\"__metadata__\":[]}", 0 },
        { "{\"__metadata__\":{\"a\":1}}", 0 },
        { "{\"__metadata__\":{\"a\":null}}", 0 },
        { "{\"__metadata__\":{\"a\":{}}}", 0 },
        { "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0 },
        { "{\"__metadata__\":{\"a\":\"1\"},\"__metadata__\":{}}", 0 },
    };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Headers))]
    public void Should_Refuse_A_Header_That_Breaks_A_Rule(string header, int dataBytes)
    {
        var bytes = FileOf(Encoding.UTF8.GetBytes(header), dataBytes);
        Assert.Null(StrictSafetensors.Parse(bytes));
        AssertRefused(bytes, header);
    }

    [Fact]
    public void Should_Read_The_Valid_Neighbours_Of_Those_Headers()
    {
        foreach (var (header, dataBytes) in new[]
        {
            ("{}", 0), ("{ }   ", 0), ("{" + A + "}", 4), ("{ \"__metadata__\" : {}, " + A + " }\n", 4),
            ("{\"__metadata__\":{\"a\":\"1\",\"b\":\"1\"}}", 0),
            (
                "{" + A
                    + ",\"b\":{\"dtype\":\"U8\",\"shape\":[0,9],\"data_offsets\":[4,4]},"
                    + "\"c\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[4,5]}}",
                5),
            ("{\"\\u00e9\\\"\":" + A[4..] + "}", 4),
        })
        {
            Assert.True(ReadsAsTheRuleSays(FileOf(Encoding.UTF8.GetBytes(header), dataBytes), header), header);
        }
    }

    [Fact]
    public void Should_Refuse_Every_Truncation_And_Whatever_Is_Appended()
    {
        for (var length = 0; length < _whole.Length; length++)
        {
            AssertRefused(_whole[..length], $"cut to {length} bytes");
        }

        foreach (var rest in new[] { 1, 7, 4096 })
        {
            AssertRefused([.. _whole, .. new byte[rest]], $"{rest} bytes appended");
        }
    }

    [Fact]
    public void Should_Refuse_Every_Other_Header_Length()
    {
        var length = BinaryPrimitives.ReadInt64LittleEndian(_whole);
        long[] lies =
        [
            long.MinValue, -1, int.MinValue, 1L << 31, 1L << 32, 100_000_000, 16 << 20, long.MaxValue,
            .. Enumerable.Range(0, (int)length + 100),
        ];
        foreach (var lie in lies.Where(l => l != length))
        {
            var bytes = _whole.ToArray();
            BinaryPrimitives.WriteInt64LittleEndian(bytes, lie);
            AssertRefused(bytes, $"header length {lie}");
        }
    }

    /// <summary>
    /// One to three bytes of the header replaced: what the second rule refuses is refused, what it reads is read, and as the same.
    /// </summary>
    [Fact]
    public void Should_Agree_With_A_Second_Rule_On_Two_Thousand_Mutated_Headers()
    {
        var headerEnd = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(_whole);
        var random = new CounterRandom(5);
        var (refused, read) = (0, 0);
        for (var mutation = 0; mutation < 2000; mutation++)
        {
            var bytes = _whole.ToArray();
            for (var change = random.NextUInt32() % 3; change < 3; change++)
            {
                // Half of the changes put a character in that headers are made of: those come nearer to being valid.
                bytes[8 + (random.NextUInt32() % (headerEnd - 8))] = random.NextUInt32() % 2 == 0
                    ? (byte)random.NextUInt32()
                    : (byte)"0123456789-.,:[]{}\" FIUB\\e"[(int)(random.NextUInt32() % 26)];
            }

            if (ReadsAsTheRuleSays(bytes, $"mutation {mutation}: {Encoding.Latin1.GetString(bytes, 8, headerEnd - 8)}"))
            {
                read++;
            }
            else
            {
                refused++;
            }
        }

        Assert.InRange(refused, 500, 1990);
        Assert.InRange(read, 10, 1500);
    }

    [Fact]
    public void Should_Read_A_File_Whose_Numbers_Alone_Were_Changed()
    {
        var headerEnd = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(_whole);
        var random = new CounterRandom(7);
        for (var mutation = 0; mutation < 300; mutation++)
        {
            var bytes = _whole.ToArray();
            for (var change = 0; change < 4; change++)
            {
                bytes[headerEnd + (random.NextUInt32() % (bytes.Length - headerEnd))] ^= (byte)(1 + (random.NextUInt32() % 255));
            }

            Assert.True(ReadsAsTheRuleSays(bytes, $"flip {mutation}"));
        }
    }

    [Fact]
    public void Should_Refuse_Header_Bombs_In_Bounded_Memory()
    {
        Bomb("deep nesting", new string('[', 1_000_000));
        Bomb("deep objects", string.Concat(Enumerable.Repeat("{\"a\":", 200_000)));
        Bomb("a long name", "{\"" + new string('n', 4_000_000) + "\":7}");
        Bomb("a long type", "{" + A.Replace("F32", new string('F', 4_000_000), StringComparison.Ordinal) + "}");
        Bomb(
            "a million dimensions",
            "{" + A.Replace("[1]", "[1" + string.Concat(Enumerable.Repeat(",1", 1_000_000)) + "]", StringComparison.Ordinal) + "}");
        Bomb("a long number", "{" + A.Replace("[1]", "[" + new string('9', 4_000_000) + "]", StringComparison.Ordinal) + "}");

        // The file is as long as it says, and empty beyond its first bytes.
        var path = _scratch["sparse.safetensors"];
        using (var stream = File.Create(path))
        {
            stream.Write(BitConverter.GetBytes(90_000_000L));
            stream.Write("{"u8);
            stream.SetLength(100_000_000);
        }

        Refusal.Of(path, () => new SafetensorsReader(path).Dispose(), what: "a header of 90 MB");

        void Bomb(string what, string header) =>
            AssertRefused(FileOf(Encoding.UTF8.GetBytes(header), 4), what, mostBytes: (20 * header.Length) + (4 << 20));
    }

    [Fact]
    public void Should_Refuse_Bytes_That_Are_No_Text()
    {
        foreach (var invalid in new byte[][] { [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xc3] })
        {
            foreach (var (before, after) in new[]
            {
                ("{\"", "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"),
                ("{\"a\":{\"dtype\":\"F32", "\",\"shape\":[1],\"data_offsets\":[0,4]}}"),
                ("{\"__metadata__\":{\"a\":\"", "\"}," + A + "}"),
                ("{\"__metadata__\":{\"", "\":\"a\"}," + A + "}"),
                ("{" + A + "}", ""),
            })
            {
                AssertRefused(
                    FileOf([.. Encoding.UTF8.GetBytes(before), .. invalid, .. Encoding.UTF8.GetBytes(after)], 4),
                    $"{before}({Convert.ToHexString(invalid)}){after}");
            }
        }
    }

    private static byte[] FileOf(byte[] header, int dataBytes)
    {
        var bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        return bytes;
    }

    private void AssertRefused(byte[] bytes, string what, long mostBytes = 1 << 20)
    {
        var path = _scratch["bad.safetensors"];
        File.WriteAllBytes(path, bytes);
        Refusal.Of(path, () => new SafetensorsReader(path).Dispose(), mostBytes, what);
    }

    /// <summary>True where both read it, false where both refuse it; anything else fails.</summary>
    private bool ReadsAsTheRuleSays(byte[] bytes, string what)
    {
        if (StrictSafetensors.Parse(bytes) is not { } expected)
        {
            AssertRefused(bytes, what);
            return false;
        }

        var path = _scratch["good.safetensors"];
        File.WriteAllBytes(path, bytes);
        using var reader = new SafetensorsReader(path);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), reader.Entries.Select(e => e.Name).Order(StringComparer.Ordinal));
        var data = bytes.AsSpan(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes));
        foreach (var (name, (type, shape, start, end)) in expected)
        {
            var entry = reader.Find(name)!;
            Assert.Equal((type, end - start), (entry.Type.ToString(), entry.ByteCount));
            Assert.Equal(shape, entry.Shape);
            var read = new byte[entry.ByteCount];
            reader.Read(name, read);
            Assert.True(data[(int)start..(int)end].SequenceEqual(read), what);
        }

        return true;
    }
}
