using System.Text;
using Autodidact.Numerics;
using Autodidact.Serialization;

namespace Autodidact.Tests.Serialization;

/// <summary>
/// .npy files whose header was broken on purpose; <see cref="NpyFileTests"/> has those that are cut off or of another type.
/// </summary>
public sealed class HostileNpyTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1000000000), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2147483647,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (65536, 65536, 65536, 65536), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967297,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1, +1), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': 1, }")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, }")]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("{'descr': '<f4\n\u001b[2J', 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }")]
    [InlineData("")]
    [InlineData("__import__('os').system('touch SHOULD_NOT_EXIST')")]
    public void Should_Refuse_A_Header_In_One_Line(string header)
    {
        var path = Write(header, 4);
        Refusal.Of(path, () => NpyFile.Read<float>(path), what: header);
        Refusal.Of(path, () => NpyFile.ReadMatrix(path).Dispose(), what: header);
    }

    [Fact]
    public void Should_Keep_Its_Line_Short_Whatever_The_Header_Holds()
    {
        foreach (var header in new[]
        {
            "{'descr': '" + new string('f', 60_000) + "', 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (" + new string('9', 60_000) + "), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (" + string.Concat(Enumerable.Repeat("1,", 30_000)) + "), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (" + string.Concat(Enumerable.Repeat("2,", 30_000)) + "), }",
        })
        {
            var path = Write(header, 4);
            Refusal.Of(path, () => NpyFile.ReadMatrix(path).Dispose(), what: header[..60]);
        }
    }

    [Fact]
    public void Should_Read_Or_Refuse_A_Thousand_Mutated_Files()
    {
        var whole = File.ReadAllBytes(Path.Combine("Fixtures", "serialization", "float32-3x2.npy"));
        var path = _scratch["mutated.npy"];
        var random = new CounterRandom(31);
        var refused = 0;
        for (var mutation = 0; mutation < 1000; mutation++)
        {
            // Beyond the header's text are spaces and the values, where nothing can be seen.
            var bytes = whole.ToArray();
            bytes[random.NextUInt32() % 80] = (byte)random.NextUInt32();
            File.WriteAllBytes(path, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var matrix = NpyFile.ReadMatrix(path);
                Assert.Equal(6, matrix.Rows * matrix.Columns);
            }
            catch (AutodidactException e) when (e.Kind == FailureKind.Data)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }

        Assert.InRange(refused, 200, 999);
    }

    private string Write(string header, int values)
    {
        var path = _scratch["made.npy"];
        var text = Encoding.ASCII.GetBytes(header + "\n");
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. text, .. new byte[values]]);
        return path;
    }
}
