using System.Text;
using Autodidact.Numerics;
using Autodidact.Serialization;

namespace Autodidact.Tests.Serialization;

public sealed class NpyFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Read_What_NumPy_Wrote()
    {
        using var matrix = NpyFile.ReadMatrix(Fixture("float32-3x2.npy"));
        Assert.Equal((3, 2), (matrix.Rows, matrix.Columns));
        Assert.Equal([0, 0.25f, 0.5f, 0.75f, 1, 1.25f], matrix.Block(0, 3).ToArray());

        Assert.Equal([0, 0.125, 0.25, 0.375], NpyFile.Read<double>(Fixture("float64-4.npy")).Values);
        var (shape, values) = NpyFile.Read<int>(Fixture("int32-2x3x2.npy"));
        Assert.Equal([2, 3, 2], shape);
        Assert.Equal(Enumerable.Range(-6, 12), values);
        Assert.Equal([1L << 40], NpyFile.Read<long>(Fixture("int64-scalar.npy")).Values);
        Assert.Equal([0, 5], NpyFile.Read<byte>(Fixture("uint8-0x5.npy")).Shape);
    }

    [Fact]
    public void Should_Write_The_Very_Bytes_NumPy_Writes()
    {
        using var matrix = new FeatureMatrix(3, 2);
        for (var i = 0; i < 6; i++)
        {
            matrix[i / 2][i % 2] = i / 4f;
        }

        NpyFile.Write(_scratch["a"], matrix);
        Assert.Equal(File.ReadAllBytes(Fixture("float32-3x2.npy")), File.ReadAllBytes(_scratch["a"]));
        NpyFile.Write<double>(_scratch["b"], [0, 0.125, 0.25, 0.375], 4);
        Assert.Equal(File.ReadAllBytes(Fixture("float64-4.npy")), File.ReadAllBytes(_scratch["b"]));
        NpyFile.Write<int>(_scratch["c"], Enumerable.Range(-6, 12).ToArray(), 2, 3, 2);
        Assert.Equal(File.ReadAllBytes(Fixture("int32-2x3x2.npy")), File.ReadAllBytes(_scratch["c"]));
        NpyFile.Write<long>(_scratch["d"], [1L << 40]);
        Assert.Equal(File.ReadAllBytes(Fixture("int64-scalar.npy")), File.ReadAllBytes(_scratch["d"]));
        NpyFile.Write<byte>(_scratch["e"], [], 0, 5);
        Assert.Equal(File.ReadAllBytes(Fixture("uint8-0x5.npy")), File.ReadAllBytes(_scratch["e"]));
    }

    [Fact]
    public void Should_Pad_Headers_Of_Every_Length_To_64_Bytes()
    {
        for (var size = 1; size < 2_000_000_000 / 10; size *= 10)
        {
            NpyFile.Write<byte>(_scratch["h"], [], 0, size, size);
            Assert.Equal(0, new FileInfo(_scratch["h"]).Length % 64);
            Assert.Equal([0, size, size], NpyFile.Read<byte>(_scratch["h"]).Shape);
        }
    }

    [Fact]
    public void Should_Refuse_Values_That_Do_Not_Fill_The_Shape() =>
        Assert.Throws<ArgumentException>(() => NpyFile.Write<int>(_scratch["a"], [1, 2, 3], 2, 2));

    [Fact]
    public void Should_Refuse_Another_Type_Another_Order_And_Another_Number_Of_Dimensions()
    {
        AssertRefused("<f4", () => NpyFile.Read<float>(Fixture("int32-2x3x2.npy")));
        AssertRefused("C order", () => NpyFile.Read<float>(Fixture("fortran.npy")));
        NpyFile.Write<float>(_scratch["v"], [1, 2], 2);
        AssertRefused("expected a matrix", () => NpyFile.ReadMatrix(_scratch["v"]));
        AssertRefused("absent", () => NpyFile.ReadMatrix(_scratch["absent"]));
    }

    [Fact]
    public void Should_Refuse_Every_Truncation_And_A_Rest()
    {
        var whole = File.ReadAllBytes(Fixture("float32-3x2.npy"));
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_scratch["t"], whole[..length]);
            AssertRefused("t:", () => NpyFile.ReadMatrix(_scratch["t"]));
        }

        File.WriteAllBytes(_scratch["t"], [.. whole, 0]);
        AssertRefused("25 bytes", () => NpyFile.ReadMatrix(_scratch["t"]));
    }

    [Theory]
    [InlineData("(2147483648, 1)")]
    [InlineData("(-1, 2)")]
    [InlineData("(x,)")]
    [InlineData("(2147483647, 2147483647, 2147483647, 2147483647, 2147483647)")]
    public void Should_Refuse_An_Impossible_Shape(string shape)
    {
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n";
        File.WriteAllBytes(
            _scratch["s"], [0x93, .. Encoding.ASCII.GetBytes("NUMPY"), 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header)]);
        AssertRefused("shape", () => NpyFile.Read<float>(_scratch["s"]));
    }

    private static string Fixture(string name) => Path.Combine("Fixtures", "serialization", name);

    private static void AssertRefused(string what, Action read)
    {
        var failure = Assert.Throws<AutodidactException>(read);
        Assert.Equal(FailureKind.Data, failure.Kind);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
    }
}
