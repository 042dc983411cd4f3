using System.IO.Compression;
using System.Runtime.InteropServices;
using Autodidact.Numerics;
using Autodidact.Serialization;

namespace Autodidact.Tests.Serialization;

/// <summary>The fixtures are written by PyTorch: tools/reference/torch_files.py.</summary>
public sealed class TorchFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("checkpoint.pth")]
    [InlineData("legacy.pth")]
    public void Should_Read_What_PyTorch_Wrote(string file)
    {
        using var reader = new TorchFileReader(Fixture(file));
        Assert.Equal([4L, 3, 2, 2], reader.Find("state_dict.conv1.weight")!.Shape);
        var expected = Enumerable.Range(0, 48).Select(i => (i * 0.5f) - 1).ToArray();
        Assert.Equal(expected, Floats(reader, "state_dict.conv1.weight"));
        Assert.Equal(expected, Floats(reader, "state_dict.channels_last"));
        Assert.Equal([-1, 0.5f, -0.5f, 1, 0, 1.5f], Floats(reader, "state_dict.transposed"));
        Assert.Equal([0, 0.5f, 1], Floats(reader, "state_dict.window"));
        Assert.Equal([-1, -0.5f], Floats(reader, "state_dict.parameter"));
        Assert.Equal([-1, -0.5f], Floats(reader, "optimizer.state.0.momentum_buffer"));
        Assert.Equal(12345678901, MemoryMarshal.Cast<byte, long>(Bytes(reader, "state_dict.count"))[0]);
        Assert.Empty(reader.Find("state_dict.count")!.Shape);
        Assert.Equal([-1, -0.5, 0], MemoryMarshal.Cast<byte, double>(Bytes(reader, "state_dict.double")).ToArray());
        Assert.Equal([(Half)(-1), (Half)(-0.5), (Half)0], MemoryMarshal.Cast<byte, Half>(Bytes(reader, "state_dict.half")).ToArray());
        Assert.Equal(TensorType.BF16, reader.Find("state_dict.bfloat")!.Type);
        Assert.Equal([1, 0, 1], Bytes(reader, "state_dict.flags"));
        Assert.Equal([0L, 5], reader.Find("state_dict.empty")!.Shape);
        Assert.DoesNotContain(reader.Entries, e => e.Name.StartsWith("args", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("evil.pth")]
    [InlineData("evil-legacy.pth")]
    [InlineData("evil.pkl")]
    public void Should_Refuse_A_Pickle_That_Would_Run_Code_And_Run_None_Of_It(string file)
    {
        var refused = Assert.Throws<AutodidactException>(() => new TorchFileReader(Fixture(file)));
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.False(File.Exists("SHOULD_NOT_EXIST"));
        if (file != "evil.pkl")
        {
            Assert.Contains("posix.system", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Should_Write_What_It_Reads()
    {
        var path = _scratch["written.pth"];
        SafetensorsEntry[] entries =
            [new("a.weight", TensorType.F32, [2, 3]), new("steps", TensorType.I64, []), new("none", TensorType.F32, [0])];
        TorchFileWriter.Write(path, entries, (entry, stream) => stream.Write(entry.Name switch
        {
            "a.weight" => MemoryMarshal.AsBytes<float>([1, 2, 3, 4, 5, 6]),
            "steps" => MemoryMarshal.AsBytes<long>([-5]),
            _ => [],
        }));
        using var reader = new TorchFileReader(path);
        Assert.Equal(["a.weight", "steps", "none"], reader.Entries.Select(e => e.Name));
        Assert.Equal([1, 2, 3, 4, 5, 6], Floats(reader, "a.weight"));
        Assert.Equal(-5, MemoryMarshal.Cast<byte, long>(Bytes(reader, "steps"))[0]);
    }

    [Theory]
    [InlineData("checkpoint.pth")]
    [InlineData("legacy.pth")]
    public void Should_Refuse_Every_Truncation_In_One_Line(string file)
    {
        var whole = File.ReadAllBytes(Fixture(file));
        for (var length = 0; length < whole.Length; length += 1 + (whole.Length / 100))
        {
            var path = _scratch["cut.pth"];
            File.WriteAllBytes(path, whole[..length]);
            var refused = Assert.Throws<AutodidactException>(() => new TorchFileReader(path));
            Assert.Equal(FailureKind.Data, refused.Kind);
            Assert.DoesNotContain('\n', refused.Message);
        }
    }

    /// <summary>
    /// A flipped byte may hit a number, which nobody can see; anything else must be refused as data, in bounded memory, and never end the
    /// process.
    /// </summary>
    [Theory]
    [InlineData("checkpoint.pth")]
    [InlineData("legacy.pth")]
    public void Should_Read_Or_Refuse_Six_Hundred_Mutated_Files(string file)
    {
        var whole = File.ReadAllBytes(Fixture(file));
        var random = new CounterRandom(11);
        var refusals = 0;
        for (var mutation = 0; mutation < 600; mutation++)
        {
            var bytes = whole.ToArray();
            for (var change = random.NextUInt32() % 4; change < 4; change++)
            {
                bytes[random.NextUInt32() % bytes.Length] = (byte)random.NextUInt32();
            }

            var path = _scratch["mutated.pth"];
            File.WriteAllBytes(path, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var reader = new TorchFileReader(path);
                foreach (var entry in reader.Entries)
                {
                    Assert.InRange(entry.ByteCount, 0, whole.Length);
                    reader.Read(entry.Name, new byte[entry.ByteCount]);
                }
            }
            catch (AutodidactException e) when (e.Kind == FailureKind.Data)
            {
                Assert.DoesNotContain('\n', e.Message);
                refusals++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        }

        Assert.InRange(refusals, 1, 600);
    }

    [Fact]
    public void Should_Refuse_Dictionaries_That_Hold_Each_Other_Many_Times_Over()
    {
        // Forty dictionaries, each holding the one before twice: 2^40 paths in 500 bytes. Each is kept in the memo and popped, the last one
        // stays.
        var pickle = new List<byte> { 0x80, 2, (byte)'}', (byte)'q', 0 };
        for (byte i = 1; i <= 40; i++)
        {
            pickle.AddRange([(byte)'0', (byte)'}', (byte)'q', i, (byte)'(']);
            foreach (var key in "ab")
            {
                pickle.AddRange([(byte)'U', 1, (byte)key, (byte)'h', (byte)(i - 1)]);
            }

            pickle.Add((byte)'u');
        }

        pickle.Add((byte)'.');
        var path = _scratch["bomb.pth"];
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using var stream = archive.CreateEntry("x/data.pkl", CompressionLevel.NoCompression).Open();
            stream.Write(pickle.ToArray());
        }

        var refused = Assert.Throws<AutodidactException>(() => new TorchFileReader(path));
        Assert.Contains("nested", refused.Message, StringComparison.Ordinal);
    }

    private static string Fixture(string name) => Path.Combine("Fixtures", "serialization", name);

    private static byte[] Bytes(TorchFileReader reader, string name)
    {
        var bytes = new byte[reader.Find(name)!.ByteCount];
        reader.Read(name, bytes);
        return bytes;
    }

    private static float[] Floats(TorchFileReader reader, string name) => MemoryMarshal.Cast<byte, float>(Bytes(reader, name)).ToArray();
}
