using System.Text;
using Autodidact.Numerics;
using Autodidact.Serialization;

namespace Autodidact.Tests.Serialization;

public sealed class MappedMatrixTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Map_What_NumPy_Wrote()
    {
        using var matrix = NpyFile.MapMatrix(Fixture("float32-3x2.npy"));
        Assert.Equal((3, 2), (matrix.Rows, matrix.Columns));
        Assert.Equal([0, 0.25f, 0.5f, 0.75f, 1, 1.25f], matrix.Block(0, 3).ToArray());
        Assert.Equal([0.5f, 0.75f], matrix[1].ToArray());
        Assert.True(matrix.Block(3, 0).IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[3].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[-1].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Block(2, 2).Length);
    }

    [Fact]
    public void Should_Give_Nothing_After_It_Was_Disposed()
    {
        var matrix = NpyFile.MapMatrix(Fixture("float32-3x2.npy"));
        matrix.Dispose();
        matrix.Dispose();
        Assert.Throws<ObjectDisposedException>(() => matrix[0].Length);
    }

    [Fact]
    public void Should_Reach_Rows_Beyond_Two_Gibibytes()
    {
        const int Columns = 1 << 16;
        const int Rows = (1 << 13) + 5;
        using (var writer = new NpyMatrixWriter(_scratch["a.npy"], Columns))
        {
            writer.Complete();
        }

        // A file with a hole: only the last row takes room on the disk.
        using (var file = File.OpenWrite(_scratch["a.npy"]))
        {
            file.Write(Header($"({Rows}, {Columns})", padding: 128));
            file.SetLength(128 + ((long)Rows * Columns * sizeof(float)));
            file.Position = file.Length - sizeof(float);
            file.Write(BitConverter.GetBytes(7.5f));
        }

        using var matrix = NpyFile.MapMatrix(_scratch["a.npy"]);
        Assert.Equal(Rows, matrix.Rows);
        Assert.Equal(7.5f, matrix[Rows - 1][Columns - 1]);
        Assert.Equal(0, matrix[Rows - 2][0]);
    }

    [Theory]
    [InlineData("(3, 2)", "<f8", "<f4")]
    [InlineData("(3, 2)", ">f4", "<f4")]
    [InlineData("(6,)", "<f4", "expected a matrix")]
    [InlineData("(3, 2, 1)", "<f4", "expected a matrix")]
    [InlineData("()", "<f4", "of values, its shape")]
    [InlineData("(0, 0)", "<f4", "of values, its shape")]
    [InlineData("(3, 3)", "<f4", "of values, its shape")]
    [InlineData("(-3, -2)", "<f4", "impossible")]
    [InlineData("(4294967299, 2)", "<f4", "impossible")]
    [InlineData("(2147483647, 2147483647)", "<f4", "of values, its shape")]
    [InlineData("(3; 2)", "<f4", "impossible")]
    public void Should_Refuse_A_Header_That_Lies(string shape, string type, string says)
    {
        File.WriteAllBytes(_scratch["h.npy"], [.. Header(shape, type), .. new byte[24]]);
        AssertRefused(says);
    }

    [Fact]
    public void Should_Refuse_Rows_That_Are_Not_There_And_Places_No_Float_Can_Have()
    {
        File.WriteAllBytes(_scratch["h.npy"], Header("(5, 0)"));
        AssertRefused("expected a matrix");
        File.WriteAllBytes(_scratch["h.npy"], [.. Header("(3, 2)", padding: 127), .. new byte[24]]);
        AssertRefused("byte 127");
        File.WriteAllBytes(_scratch["h.npy"], Header("(0, 1000000000)"));
        AssertRefused("too long");
        File.WriteAllBytes(_scratch["h.npy"], []);
        AssertRefused("not a .npy");
        File.Delete(_scratch["h.npy"]);
        AssertRefused("no such file");
    }

    [Fact]
    public void Should_Refuse_Every_Truncation()
    {
        var whole = File.ReadAllBytes(Fixture("float32-3x2.npy"));
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_scratch["h.npy"], whole[..length]);
            AssertRefused("h.npy:");
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 7)]
    [InlineData(1000, 33)]
    public void Should_Write_Row_By_Row_The_Very_Bytes_A_Whole_Matrix_Has(int rows, int columns)
    {
        using var matrix = new FeatureMatrix(rows, columns);
        var random = new CounterRandom(1);
        using (var writer = new NpyMatrixWriter(_scratch["rows.npy"], columns))
        {
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j < columns; j++)
                {
                    matrix[i][j] = random.NextSingle();
                }

                writer.Append(matrix[i]);
            }

            Assert.False(File.Exists(_scratch["rows.npy"]));
            writer.Complete();
        }

        NpyFile.Write(_scratch["whole.npy"], matrix);
        Assert.Equal(File.ReadAllBytes(_scratch["whole.npy"]), File.ReadAllBytes(_scratch["rows.npy"]));
        Assert.Equal(2, _scratch.Files.Count());
    }

    [Fact]
    public void Should_Have_Headers_Of_One_Length_For_Any_Number_Of_Rows()
    {
        foreach (var columns in new[] { 1, 9, 128, int.MaxValue })
        {
            Assert.Equal(NpyFile.MatrixHeader(0, columns).Length, NpyFile.MatrixHeader(int.MaxValue, columns).Length);
        }
    }

    [Fact]
    public void Should_Leave_An_Earlier_File_Alone_Until_It_Is_Completed()
    {
        File.WriteAllText(_scratch["a.npy"], "earlier");
        using (var writer = new NpyMatrixWriter(_scratch["a.npy"], 2))
        {
            writer.Append([1, 2, 3, 4]);
            Assert.Throws<ArgumentException>(() => writer.Append([1, 2, 3]));
            Assert.Equal(2, writer.Rows);
        }

        Assert.Equal("earlier", File.ReadAllText(_scratch["a.npy"]));
        Assert.Equal(["a.npy"], _scratch.Files);
    }

    private static byte[] Header(string shape, string type = "<f4", int padding = 128)
    {
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(padding - 11) + '\n';
        return [0x93, .. Encoding.ASCII.GetBytes("NUMPY"), 1, 0, (byte)text.Length, 0, .. Encoding.ASCII.GetBytes(text)];
    }

    private static string Fixture(string name) => Path.Combine("Fixtures", "serialization", name);

    private void AssertRefused(string what)
    {
        var failure = Assert.Throws<AutodidactException>(() => NpyFile.MapMatrix(_scratch["h.npy"]));
        Assert.Equal(FailureKind.Data, failure.Kind);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }
}
