using System.Buffers.Binary;
using System.Security.Cryptography;
using Autodidact.Images;

namespace Autodidact.Tests.Images;

public sealed class PackedImagesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _path;

    public PackedImagesTests()
    {
        _path = _directory["set.pack"];
        var entries = Enumerable.Range(0, 5).Select(i => new ImageEntry(
            $"key{i}", null, new RawImage(TestImages.Pixels(8, 8, i), 8, 8, 3)));
        TestImages.Pack(new ListSource([.. entries]), _path);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Should_Refuse_A_Pack_Cut_Anywhere()
    {
        var bytes = File.ReadAllBytes(_path);
        foreach (var length in (int[])[bytes.Length - 1, bytes.Length / 2, 4096, 4095, 100, 8, 7, 0])
        {
            File.WriteAllBytes(_path, bytes[..length]);
            var e = Assert.Throws<AutodidactException>(() => PackedImages.Open(_path));
            Assert.Equal(FailureKind.Data, e.Kind);
            Assert.Contains(length < 8 ? "is no pack" : "is truncated", e.Message);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    [Fact]
    public void Should_Refuse_A_Longer_File()
    {
        File.AppendAllText(_path, "x");
        Assert.Contains("too long", Assert.Throws<AutodidactException>(() => PackedImages.Open(_path)).Message);
    }

    [Fact]
    public void Should_Refuse_A_Foreign_File()
    {
        File.WriteAllBytes(_path, TestImages.Png(64, 64));
        Assert.Contains("is no pack of images", Assert.Throws<AutodidactException>(() => PackedImages.Open(_path)).Message);
    }

    [Fact]
    public void Should_Refuse_Another_Version_And_Say_Which()
    {
        Damage(8, 7);
        Assert.Contains("has format 7, this program reads 1", Assert.Throws<AutodidactException>(() => PackedImages.Open(_path)).Message);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(20)]
    [InlineData(64)]
    [InlineData(127)]
    public void Should_Refuse_A_Damaged_Header(int offset)
    {
        Damage(offset, 0x55);
        Assert.Contains("damaged header", Assert.Throws<AutodidactException>(() => PackedImages.Open(_path)).Message);
    }

    [Theory]
    [InlineData(16, int.MaxValue)]
    [InlineData(16, -1)]
    [InlineData(16, 0)]
    [InlineData(20, 1 << 20)]
    [InlineData(44, int.MaxValue)]
    [InlineData(52, int.MinValue)]
    public void Should_Refuse_An_Impossible_Header_With_A_Right_Checksum(int offset, int value)
    {
        var bytes = File.ReadAllBytes(_path);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(offset), value);
        SHA256.HashData(bytes.AsSpan(0, 96), bytes.AsSpan(96));
        File.WriteAllBytes(_path, bytes);
        Assert.Contains("impossible header", Assert.Throws<AutodidactException>(() => PackedImages.Open(_path)).Message);
    }

    [Fact]
    public void Should_Refuse_A_Damaged_Key_Table()
    {
        // Header page, 5 images of 192 bytes, 5 sizes, 5 digests, then the ends of the keys.
        Damage(4096 + (5 * 192) + (5 * 8) + (5 * 16) + 7, 0x40);
        Assert.Contains("damaged tables", Assert.Throws<AutodidactException>(() => PackedImages.Open(_path)).Message);
    }

    [Fact]
    public void Should_Notice_Any_Flipped_Bit_Before_It_Gives_What_The_Bit_Is_In()
    {
        // Header: the checksum itself and the bytes after it say nothing of the images.
        var whole = File.ReadAllBytes(_path);
        var random = new Random(1);
        for (var i = 0; i < 400; i++)
        {
            var at = i < 100 ? random.Next(0, 144) : random.Next(i < 250 ? 4096 : 4096 + (5 * 192), whole.Length);
            var bytes = (byte[])whole.Clone();
            bytes[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_path, bytes);
            var refused = Assert.Throws<AutodidactException>(() =>
            {
                using var pack = PackedImages.Open(_path);
                for (var image = 0; image < pack.Count; image++) _ = pack.Pixels(image)[0];
            });
            Assert.True(refused.Kind == FailureKind.Data, $"byte {at}: {refused.Message}");
            Assert.DoesNotContain('\n', refused.Message);
        }
    }

    [Fact]
    public void Should_Give_The_Images_Beside_A_Damaged_One()
    {
        Damage(4096 + (3 * 192) + 5, (byte)(File.ReadAllBytes(_path)[4096 + (3 * 192) + 5] ^ 1));
        using var pack = PackedImages.Open(_path);
        foreach (var image in new[] { 0, 1, 2, 4 }) Assert.True(pack.Pixels(image).SequenceEqual(TestImages.Pixels(8, 8, image)));
        Assert.Contains("damaged image ('key3')", Assert.Throws<AutodidactException>(() => pack.Pixels(3)[0]).Message);
    }

    [Fact]
    public void Should_Open_A_Pack_Of_A_Version_That_Recorded_No_Checksum_Of_The_Tables()
    {
        var bytes = File.ReadAllBytes(_path);
        Assert.Contains(bytes[128..144], b => b != 0);
        bytes.AsSpan(128, 16).Clear();
        File.WriteAllBytes(_path, bytes);
        using var pack = PackedImages.Open(_path);
        Assert.Equal("key4", pack.Key(4));
    }

    [Fact]
    public void Should_Refuse_A_Missing_File() =>
        Assert.Equal(FailureKind.Data, Assert.Throws<AutodidactException>(() => PackedImages.Open(_directory["none.pack"])).Kind);

    [Fact]
    public void Should_Read_The_Same_From_Many_Threads()
    {
        using var pack = PackedImages.Open(_path);
        Parallel.For(0, 1000, i =>
        {
            Assert.Equal($"key{i % 5}", pack.Key(i % 5));
            Assert.True(pack.Pixels(i % 5).SequenceEqual(TestImages.Pixels(8, 8, i % 5)));
        });
    }

    [Fact]
    public void Should_Refuse_Reading_After_Dispose()
    {
        var pack = PackedImages.Open(_path);
        pack.Dispose();
        pack.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pack.Pixels(0).Length);
    }

    private void Damage(int offset, byte value)
    {
        var bytes = File.ReadAllBytes(_path);
        Assert.NotEqual(value, bytes[offset]);
        bytes[offset] = value;
        File.WriteAllBytes(_path, bytes);
    }
}
