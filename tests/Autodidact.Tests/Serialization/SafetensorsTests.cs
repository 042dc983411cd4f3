using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Autodidact.Serialization;

namespace Autodidact.Tests.Serialization;

public sealed class SafetensorsTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Know_The_Size_Of_Every_Type_And_Refuse_Others()
    {
        Assert.All(Enum.GetValues<TensorType>(), type => Assert.InRange(SafetensorsEntry.SizeOf(type), 1, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => SafetensorsEntry.SizeOf((TensorType)99));
    }

    [Fact]
    public void Should_Read_A_File_Made_By_Hand_From_The_Format()
    {
        using var reader = new SafetensorsReader(Path.Combine("Fixtures", "serialization", "by-hand.safetensors"));
        Assert.Equal("by hand", reader.Metadata["made"]);
        Assert.Equal(5, reader.Entries.Count);
        var weight = new float[6];
        reader.Read("weight", MemoryMarshal.AsBytes(weight.AsSpan()));
        Assert.Equal([0, 1, 2, 3, 4, 5], weight);
        Assert.Equal([2L, 3L], reader.Find("weight")!.Shape);
        var steps = new long[1];
        reader.Read("steps", MemoryMarshal.AsBytes(steps.AsSpan()));
        Assert.Equal(-(1L << 40), steps[0]);
        Assert.Empty(reader.Find("steps")!.Shape);
        Assert.Equal(TensorType.BF16, reader.Find("half")!.Type);
        Assert.Equal(0, reader.Find("none")!.ByteCount);
        var mask = new byte[3];
        reader.Read("mask", mask);
        Assert.Equal([1, 0, 1], mask);
        Assert.Null(reader.Find("absent"));
    }

    [Fact]
    public void Should_Read_A_Part_Of_A_Tensor_And_Refuse_What_Lies_Beyond_It()
    {
        using var reader = new SafetensorsReader(Path.Combine("Fixtures", "serialization", "by-hand.safetensors"));
        var part = new float[2];
        reader.Read("weight", MemoryMarshal.AsBytes(part.AsSpan()), offset: 3 * sizeof(float));
        Assert.Equal([3, 4], part);
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read("weight", new byte[8], offset: 20));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.Read("weight", new byte[8], offset: -1));
    }

    [Fact]
    public void Should_Give_Back_Every_Type_Byte_For_Byte()
    {
        var entries = Enum.GetValues<TensorType>().Select((type, i) => new SafetensorsEntry($"t{i}", type, i == 3 ? [] : [i, 2])).ToArray();
        byte[] BytesOf(SafetensorsEntry entry) =>
            [.. Enumerable.Range(0, (int)entry.ByteCount).Select(b => (byte)((b * 7) + entry.Name[1]))];
        var path = _scratch["all.safetensors"];
        SafetensorsWriter.Write(
            path, entries, new Dictionary<string, string> { ["quote"] = "\"{}\n\u00e9" }, (entry, stream) => stream.Write(BytesOf(entry)));

        using var reader = new SafetensorsReader(path);
        Assert.Equal("\"{}\n\u00e9", reader.Metadata["quote"]);
        Assert.Equal(entries.Length, reader.Entries.Count);
        foreach (var entry in entries)
        {
            var found = reader.Find(entry.Name)!;
            Assert.Equal(entry.Type, found.Type);
            Assert.Equal(entry.Shape, found.Shape);
            var bytes = new byte[found.ByteCount];
            reader.Read(entry.Name, bytes);
            Assert.Equal(BytesOf(entry), bytes);
        }
    }

    [Fact]
    public void Should_Keep_The_Old_File_When_A_Tensor_Writes_Too_Little()
    {
        var path = _scratch["kept.safetensors"];
        File.WriteAllText(path, "old");
        Assert.Throws<InvalidOperationException>(() => SafetensorsWriter.Write(
            path, [new SafetensorsEntry("a", TensorType.F32, [2])], new Dictionary<string, string>(),
            (_, stream) => stream.Write(new byte[7])));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["kept.safetensors"], _scratch.Files);
    }

    [Theory]
    [InlineData("[]", 0, "begin with a brace")]
    [InlineData("{\"a\":1}", 0, "header cannot be read")]
    [InlineData("{\"a\":", 0, "header cannot be read")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "type, shape and place")]
    [InlineData("{\"a\":{\"dtype\":\"7\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "element type")]
    [InlineData("{\"a\":{\"dtype\":\"BOOL,U8\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4, "element type")]
    [InlineData("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4, "element type")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "negative")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "header cannot be read")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 0, "header cannot be read")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "place of tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "place of tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 4, "place of tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", 4, "place of tensor 'a'")]
    [InlineData(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775803],\"data_offsets\":[5,-9223372036854775808]}}", 4, "place of tensor 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "gap or overlaps")]
    [InlineData(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}",
        6,
        "gap or overlaps")]
    [InlineData(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
        2,
        "two tensors 'a'")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 5, "5 bytes of data")]
    [InlineData("{\"__metadata__\":{\"a\":1}}", 0, "header cannot be read")]
    public void Should_Refuse_A_Header_That_Cannot_Be(string header, int dataBytes, string what) =>
        AssertRefused(FileOf(header, dataBytes), what);

    [Fact]
    public void Should_Refuse_Every_Truncation()
    {
        var whole = File.ReadAllBytes(Path.Combine("Fixtures", "serialization", "by-hand.safetensors"));
        for (var length = 0; length < whole.Length; length++)
        {
            AssertRefused(whole[..length], "safetensors");
        }
    }

    [Fact]
    public void Should_Refuse_A_Header_Length_Beyond_The_File_Or_The_Limit()
    {
        foreach (var length in (long[])[9, 100_000_001, long.MaxValue, -1, 0])
        {
            var bytes = FileOf("{}", 4);
            BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
            AssertRefused(bytes, "header length");
        }
    }

    [Fact]
    public void Should_Name_A_File_That_Is_Not_There()
    {
        var failure = Assert.Throws<AutodidactException>(() => new SafetensorsReader(_scratch["absent.safetensors"]));
        Assert.Equal(FailureKind.Data, failure.Kind);
        Assert.Contains("absent.safetensors", failure.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Data, Assert.Throws<AutodidactException>(() => new SafetensorsReader(_scratch["."])).Kind);
    }

    private static byte[] FileOf(string header, int dataBytes)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        return bytes;
    }

    private void AssertRefused(byte[] bytes, string what)
    {
        var path = _scratch["bad.safetensors"];
        File.WriteAllBytes(path, bytes);
        var failure = Assert.Throws<AutodidactException>(() => new SafetensorsReader(path));
        Assert.Equal(FailureKind.Data, failure.Kind);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
    }
}
