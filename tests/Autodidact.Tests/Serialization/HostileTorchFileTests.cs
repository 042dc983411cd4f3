using System.Buffers.Binary;
using System.IO.Compression;
using Autodidact.Serialization;
using Autodidact.Tests.Images;

namespace Autodidact.Tests.Serialization;

/// <summary>
/// Checkpoints made to use up memory or time: each is small, and claims or unfolds to much more. <see cref="TorchFileTests"/> has those
/// that are merely broken or would run code.
/// </summary>
public sealed class HostileTorchFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Read_The_Pickle_These_Tests_Are_Made_From()
    {
        var path = Zip(Checkpoint(count: 2), new byte[8]);
        using var reader = new TorchFileReader(path);
        var bytes = new byte[8];
        reader.Read("a", bytes);
        Assert.Equal([2L], reader.Find("a")!.Shape);
        using var legacy = new TorchFileReader(Legacy(Checkpoint(count: 2), 2, new byte[8]));
        Assert.Equal([2L], legacy.Find("a")!.Shape);
    }

    [Theory]
    [InlineData("checkpoint.pth")]
    [InlineData("legacy.pth")]
    public void Should_Refuse_A_File_Cut_At_Any_Byte_Of_Its_End_Or_Beginning(string file)
    {
        var whole = File.ReadAllBytes(Path.Combine("Fixtures", "serialization", file));
        var path = _scratch["cut.pth"];
        foreach (var length in Enumerable.Range(0, 300).Concat(Enumerable.Range(whole.Length - 300, 300)))
        {
            File.WriteAllBytes(path, whole[..length]);
            Refusal.Of(path, () => new TorchFileReader(path).Dispose(), what: $"{file} cut to {length} of {whole.Length} bytes");
        }
    }

    /// <summary>
    /// The directory at a zip's end is what everything is found by: no change of it may do more than be refused or change a name or a date.
    /// </summary>
    [Fact]
    public void Should_Read_Or_Refuse_Every_Changed_Byte_Of_A_Zip_Directory()
    {
        var whole = File.ReadAllBytes(Path.Combine("Fixtures", "serialization", "checkpoint.pth"));
        var directory = (int)BinaryPrimitives.ReadUInt32LittleEndian(whole.AsSpan(whole.Length - 6));
        Assert.Equal("PK\x01\x02"u8, whole.AsSpan(directory, 4));
        var path = _scratch["directory.pth"];
        var refusals = 0;
        for (var at = directory; at < whole.Length; at++)
        {
            var bytes = whole.ToArray();
            bytes[at] ^= (byte)(1 << (at % 8));
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

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        }

        Assert.InRange(refusals, 100, whole.Length);
    }

    [Fact]
    public void Should_Refuse_A_Packed_Pickle_Without_Unpacking_It()
    {
        // 16 MB of marks in less than a hundredth of that.
        var path = _scratch["packed.pth"];
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using var stream = archive.CreateEntry("x/data.pkl", CompressionLevel.Fastest).Open();
            stream.Write([0x80, 2]);
            stream.Write(Enumerable.Repeat((byte)'(', 16 << 20).ToArray());
        }

        Assert.InRange(new FileInfo(path).Length, 0, 200_000);
        Assert.Contains("packed", Refuse(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0x7ffffff8u)]
    [InlineData(0xfffffff8u)]
    public void Should_Refuse_Storages_That_Claim_To_Be_Longer_Than_The_File(uint claimed)
    {
        // The directory's sizes and the pickle's count agree with each other; the file has eight bytes.
        var path = Zip(Checkpoint(count: claimed / 4), new byte[8]);
        var bytes = File.ReadAllBytes(path);
        var record = bytes.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(record + 20), claimed);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(record + 24), claimed);
        File.WriteAllBytes(path, bytes);
        Assert.Contains("missing, packed, or of another length", Refuse(path), StringComparison.Ordinal);

        Assert.Contains("too early", Refuse(Legacy(Checkpoint(count: claimed / 4), claimed / 4, new byte[8])), StringComparison.Ordinal);
        Refuse(Legacy(Checkpoint(count: long.MaxValue / 2), long.MaxValue / 2, new byte[8]));
        Refuse(Legacy(Checkpoint(count: 2), -2, new byte[8]));
    }

    [Fact]
    public void Should_Refuse_A_Packed_Storage()
    {
        var path = Zip(Checkpoint(count: 1 << 20), new byte[4 << 20], CompressionLevel.SmallestSize);
        Assert.Contains("packed", Refuse(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_More_Files_Than_Any_Checkpoint_Has_Before_They_Are_Listed()
    {
        TestImages.WriteZip(_scratch["many.pth"], ("x/data.pkl", [0x80, 2]));
        ZipSourceTests.Announce(_scratch["many.pth"], isLarge: true, 100_001);
        var e = Assert.Throws<AutodidactException>(() => new TorchFileReader(_scratch["many.pth"]));
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.Contains("it lists 100001 files, the limit is 100000", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_A_Pickle_Of_Too_Many_Steps()
    {
        var steps = Enumerable.Repeat((byte)']', 3_000_000).ToArray();
        Assert.Contains("steps", Refuse(Zip([0x80, 2, .. steps, (byte)'.'], []), 256 << 20), StringComparison.Ordinal);
        Refuse(Legacy([0x80, 2, .. steps, (byte)'.'], 0, []), 256 << 20);
    }

    [Fact]
    public void Should_Refuse_A_Pickle_That_Copies_One_Long_List_Again_And_Again()
    {
        // A list of 100,000 pairs in the memo; then OrderedDict(list), 100,000 times: 10^10 items from a megabyte.
        var pickle = new List<byte> { 0x80, 2 };
        pickle.AddRange("ccollections\nOrderedDict\nq\0"u8);
        pickle.AddRange([(byte)'N', (byte)'N', 0x86, (byte)'q', 2, (byte)'0', .. "]("u8]);
        pickle.AddRange(Enumerable.Repeat("h\x02"u8.ToArray(), 100_000).SelectMany(b => b));
        pickle.AddRange([(byte)'e', 0x85, (byte)'q', 1]);
        pickle.AddRange(Enumerable.Repeat("h\0h\x01R0"u8.ToArray(), 100_000).SelectMany(b => b));
        pickle.Add((byte)'.');
        Assert.Contains("steps", Refuse(Zip([.. pickle], []), 256 << 20), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_Long_Names_Made_Of_One_Key()
    {
        // A key of a megabyte in the memo names a dictionary of 50,000 tensors: 50 GB of names.
        var key = Enumerable.Repeat((byte)'k', 1 << 20).ToArray();
        var pickle = new List<byte>(Tensor(2)) { (byte)'q', 0, (byte)'0', (byte)'}', (byte)'X' };
        pickle.AddRange(BitConverter.GetBytes(key.Length));
        pickle.AddRange(key);
        pickle.AddRange("}("u8);
        for (var i = 0; i < 50_000; i++)
        {
            pickle.Add((byte)'J');
            pickle.AddRange(BitConverter.GetBytes(i));
            pickle.AddRange("h\0"u8);
        }

        pickle.AddRange("us."u8);
        Assert.Contains("longer than", Refuse(Zip([0x80, 2, .. pickle], new byte[8]), 64 << 20), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_More_Tensors_And_Text_Than_Any_Checkpoint_Has()
    {
        var pickle = new List<byte>(Tensor(2)) { (byte)'q', 0, (byte)'0', (byte)'}', (byte)'(' };
        for (var i = 0; i < 150_000; i++)
        {
            pickle.Add((byte)'J');
            pickle.AddRange(BitConverter.GetBytes(i));
            pickle.AddRange("h\0"u8);
        }

        pickle.AddRange("u."u8);
        Assert.Contains("more than 100000 tensors", Refuse(Zip([0x80, 2, .. pickle], new byte[8]), 128 << 20), StringComparison.Ordinal);

        pickle = [0x80, 2];
        for (var i = 0; i < 3; i++)
        {
            pickle.Add((byte)'X');
            pickle.AddRange(BitConverter.GetBytes(8 << 20));
            pickle.AddRange(new byte[8 << 20]);
        }

        pickle.Add((byte)'.');
        Assert.Contains("text", Refuse(Zip([.. pickle], []), 128 << 20), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a list in a list", 0x5d, 0x61)]
    [InlineData("a tuple in a tuple", 0x29, 0x85)]
    [InlineData("a mark after a mark", 0x28, 0x30)]
    public void Should_Survive_Deep_Nesting(string what, byte open, byte close)
    {
        byte[] pickle = open == 0x29
            ? [0x80, 2, open, .. Enumerable.Repeat(close, 500_000), (byte)'.']
            : [0x80, 2, .. Enumerable.Repeat(open, 500_000), .. Enumerable.Repeat(close, 499_999), (byte)'.'];
        Refusal.Of(Zip(pickle, []), () => new TorchFileReader(_scratch["made.pth"]).Dispose(), 256 << 20, what);
    }

    [Fact]
    public void Should_Refuse_Dictionaries_Nested_Deeper_Than_Any_Checkpoints()
    {
        var pickle = new List<byte> { 0x80, 2 };
        for (var i = 0; i < 5_000; i++)
        {
            pickle.AddRange("}K\0"u8);
        }

        pickle.AddRange(Tensor(2));
        pickle.AddRange(Enumerable.Repeat((byte)'s', 5_000));
        pickle.Add((byte)'.');
        Assert.Contains("nested", Refuse(Zip([.. pickle], new byte[8])), StringComparison.Ordinal);
    }

    private string Refuse(string path, long mostBytes = 4 << 20) => Refusal.Of(
        path, () => new TorchFileReader(path).Dispose(), mostBytes, Path.GetFileName(path));

    /// <summary>The opcodes of one float tensor of all elements of storage 0.</summary>
    private static byte[] Tensor(long count)
    {
        byte[] number = [0x8a, 8, .. BitConverter.GetBytes(count)];
        return
        [
            .. "ctorch._utils\n_rebuild_tensor_v2\n((U\x07storagectorch\nFloatStorage\nU\x01"u8,
            (byte)'0', (byte)'U', 3, .. "cpu"u8, .. number,
            .. "tQK\0"u8, .. number, 0x85, (byte)'K', 1, 0x85, 0x89, .. "}tR"u8,
        ];
    }

    /// <summary>A dictionary of one tensor, 'a'.</summary>
    private static byte[] Checkpoint(long count) => [0x80, 2, .. "}U\x01"u8, (byte)'a', .. Tensor(count), .. "s."u8];

    private string Zip(byte[] pickle, byte[] storage, CompressionLevel storageLevel = CompressionLevel.NoCompression)
    {
        var path = _scratch["made.pth"];
        File.Delete(path);
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        (string Name, byte[] Bytes, CompressionLevel Level)[] entries =
            [("x/data.pkl", pickle, CompressionLevel.NoCompression), ("x/data/0", storage, storageLevel)];
        foreach (var (name, bytes, level) in entries)
        {
            using var stream = archive.CreateEntry(name, level).Open();
            stream.Write(bytes);
        }

        return path;
    }

    private string Legacy(byte[] pickle, long written, byte[] storage)
    {
        var path = _scratch["old.pth"];
        var file = new List<byte>();
        file.AddRange([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.']);
        file.AddRange([0x80, 2, (byte)'M', 0xe9, 3, (byte)'.']);
        file.AddRange([0x80, 2, (byte)'}', (byte)'.']);
        file.AddRange(pickle);
        file.AddRange([0x80, 2, (byte)']', (byte)'U', 1, (byte)'0', (byte)'a', (byte)'.']);
        file.AddRange(BitConverter.GetBytes(written));
        file.AddRange(storage);
        File.WriteAllBytes(path, [.. file]);
        return path;
    }
}
