using System.Buffers.Binary;
using System.IO.Compression;
using Autodidact.Images;

namespace Autodidact.Tests.Images;

public sealed class ZipSourceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Should_Read_Entries_In_Place_Sorted_And_Labelled()
    {
        var image = TestImages.Png();
        var path = _directory["set.zip"];
        TestImages.WriteZip(path, ("b/2.png", image), ("a/1.png", image), ("a/readme.txt", [1]), ("__MACOSX/a/._1.png", [1]), ("a/", []));
        var entries = new ZipSource(path).All();
        Assert.Equal([("a/1.png", "a"), ("b/2.png", "b")], entries.Select(entry => (entry.Key, entry.Label)));
        Assert.All(entries, entry => Assert.Equal(image, Assert.IsType<EncodedImage>(entry.Content).Bytes.ToArray()));
        Assert.Equal([path], Directory.GetFiles(_directory.Root));
    }

    [Fact]
    public void Should_Go_On_After_Entry_Whose_Content_Was_Damaged()
    {
        var path = _directory["set.zip"];
        using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            foreach (var name in (string[])["1.png", "2.png"])
            {
                using var stream = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                stream.Write(TestImages.Png());
            }
        }

        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf("IDAT"u8) + 8] ^= 1;
        File.WriteAllBytes(path, bytes);
        var entries = new ZipSource(path).All();
        Assert.Equal("the entry's checksum is wrong", Assert.IsType<UnreadableImage>(entries[0].Content).Reason);
        Assert.IsType<EncodedImage>(entries[1].Content);
    }

    [Fact]
    public void Should_Refuse_Entry_That_Declares_More_Than_Allowed_Or_Unpacks_To_More_Than_Declared()
    {
        var path = _directory["bomb.zip"];
        TestImages.WriteZip(path, ("bomb.png", new byte[5_000_000]));
        var declared = new ZipSource(path, new DecodeLimits { MaxBytes = 1_000_000 }).All().Single();
        Assert.StartsWith("too large", Assert.IsType<UnreadableImage>(declared.Content).Reason);

        // The central directory says 100 bytes; the stream holds five million.
        var bytes = File.ReadAllBytes(path);
        var central = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(central + 24), 100);
        File.WriteAllBytes(path, bytes);
        Assert.IsType<UnreadableImage>(new ZipSource(path).All().Single().Content);
    }

    [Theory]
    [InlineData(false, -1, "impossible size")]
    [InlineData(true, 5, "impossible size")]
    [InlineData(false, 1000, "suspicious")]
    public void Should_Refuse_Entry_Of_An_Impossible_Size_Alone(bool isZip64, int length, string expected)
    {
        var path = _directory["set.zip"];
        TestImages.WriteZip(path, ("1.png", TestImages.Png()), ("2.png", TestImages.Png()));
        var bytes = File.ReadAllBytes(path);
        var central = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        var end = bytes.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (isZip64 || length < 0)
        {
            // The unpacked size, or the packed one, stands in a further field: 2^63 + 5.
            byte[] field = [1, 0, 8, 0, 5, 0, 0, 0, 0, 0, 0, 0x80];
            bytes.AsSpan(central + (isZip64 ? 20 : 24), 4).Fill(0xFF);
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(central + 30), (short)field.Length);
            var size = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(end + 12));
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(end + 12), size + field.Length);
            var extra = central + 46 + "1.png".Length;
            bytes = [.. bytes[..extra], .. field, .. bytes[extra..]];
        }
        else
        {
            var packed = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(central + 20));
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(central + 24), length * 2 * packed);
        }

        File.WriteAllBytes(path, bytes);
        var entries = new ZipSource(path).All();
        Assert.StartsWith(expected, Assert.IsType<UnreadableImage>(entries[0].Content).Reason, StringComparison.Ordinal);
        Assert.IsType<EncodedImage>(entries[1].Content);
    }

    [Fact]
    public void Should_Refuse_Entries_That_Share_Their_Data()
    {
        var path = _directory["set.zip"];
        var png = TestImages.Png(seed: 1);
        TestImages.WriteZip(path, ("1.png", png), ("2.png", png), ("3.png", png));
        var bytes = File.ReadAllBytes(path);
        var first = bytes.AsSpan().IndexOf("PK\u0001\u0002"u8);
        var second = bytes.AsSpan()[4..].IndexOf("PK\u0003\u0004"u8) + 4;
        var directory = bytes.AsSpan(first).ToArray();
        for (var at = 0; directory.AsSpan(at).IndexOf("PK\u0001\u0002"u8) is >= 0 and var next; at += 46)
        {
            at += next;
            BinaryPrimitives.WriteInt32LittleEndian(directory.AsSpan(at + 42), 0);
        }

        var end = directory.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        BinaryPrimitives.WriteInt32LittleEndian(directory.AsSpan(end + 16), second);
        File.WriteAllBytes(path, [.. bytes.AsSpan(0, second), .. directory]);
        var entries = new ZipSource(path).All();
        Assert.Contains("overlap", Assert.IsType<UnreadableImage>(entries[^1].Content).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Quarantine_Second_Entry_Of_The_Same_Name()
    {
        var path = _directory["twice.zip"];
        TestImages.WriteZip(path, ("1.png", TestImages.Png()), ("1.png", TestImages.Png(seed: 1)));
        var entries = new ZipSource(path).All();
        Assert.IsType<EncodedImage>(entries[0].Content);
        Assert.IsType<UnreadableImage>(entries[1].Content);
    }

    [Theory]
    [InlineData("this is no archive")]
    [InlineData("")]
    public void Should_Refuse_What_Is_No_Archive_In_One_Line(string content)
    {
        var path = _directory.Write("no.zip", content);
        var e = Assert.Throws<AutodidactException>(() => new ZipSource(path));
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.Contains("is not a zip archive", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData(false, 65_534, null)]
    [InlineData(true, 2_000_000, null)]
    [InlineData(true, 2_000_001, "lists 2000001 files, the limit is 2000000")]
    [InlineData(true, -1, "lists 9223372036854775807 files, the limit is 2000000")]
    public void Should_Ask_The_End_Of_An_Archive_How_Many_Files_It_Lists(bool isLarge, long files, string? refusal)
    {
        var path = _directory["set.zip"];
        TestImages.WriteZip(path, ("1.png", TestImages.Png()));
        Announce(path, isLarge, files);
        var e = Assert.Throws<AutodidactException>(() => new ZipSource(path));
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.Contains(refusal ?? "is not a zip archive, or a damaged one", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_A_List_Of_Files_That_Takes_Too_Much()
    {
        var path = _directory["set.zip"];
        using (var file = File.Create(path))
            file.SetLength(300L << 20);
        using (var file = File.Open(path, FileMode.Append))
            file.Write([0x50, 0x4b, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        var e = Assert.Throws<AutodidactException>(() => new ZipSource(path));
        Assert.Contains("has a list of files of 314572800 bytes, the limit is 268435456 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Take_The_Memory_Of_A_Large_Entry_Once()
    {
        const int Bytes = 40 << 20;
        var path = _directory["set.zip"];
        byte[] png = [.. TestImages.Png(), .. new byte[Bytes]];
        TestImages.WriteZip(path, ("1.png", png));
        var source = new ZipSource(path);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(png.Length, Assert.IsType<EncodedImage>(source.All().Single().Content).Bytes.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, Bytes, Bytes + (4 << 20));
    }

    /// <summary>.NET reads the list of files in one call.</summary>
    [Fact]
    public void Should_Stop_While_It_Lists_And_While_It_Reads()
    {
        var path = _directory["set.zip"];
        TestImages.WriteZip(path, ("1.png", TestImages.Png()), ("2.png", TestImages.Png()));
        using var stop = new CancellationTokenSource();
        using var entries = new ZipSource(path, cancellationToken: stop.Token).Enumerate(stop.Token).GetEnumerator();
        Assert.True(entries.MoveNext());
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => entries.MoveNext());
        Assert.ThrowsAny<OperationCanceledException>(() => new ZipSource(path, cancellationToken: stop.Token));
    }

    [Fact]
    public void Should_Refuse_Truncated_Archive()
    {
        var path = _directory["set.zip"];
        TestImages.WriteZip(path, ("1.png", TestImages.Png()), ("2.png", TestImages.Png()));
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^30]);
        Assert.Equal(FailureKind.Data, Assert.Throws<AutodidactException>(() => new ZipSource(path)).Kind);
    }

    /// <summary>Changes what the end of an archive says of its list.</summary>
    internal static void Announce(string path, bool isLarge, long files)
    {
        var bytes = File.ReadAllBytes(path);
        var end = bytes.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        var (list, rest) = (bytes[..end], bytes[end..]);
        BinaryPrimitives.WriteUInt16LittleEndian(rest.AsSpan(8), isLarge ? ushort.MaxValue : (ushort)files);
        BinaryPrimitives.WriteUInt16LittleEndian(rest.AsSpan(10), isLarge ? ushort.MaxValue : (ushort)files);
        byte[] large = [];
        if (isLarge)
        {
            large = new byte[56 + 20];
            "PK\u0006\u0006"u8.CopyTo(large);
            BinaryPrimitives.WriteInt64LittleEndian(large.AsSpan(4), 44);
            BinaryPrimitives.WriteInt64LittleEndian(large.AsSpan(24), files);
            BinaryPrimitives.WriteInt64LittleEndian(large.AsSpan(32), files);
            BinaryPrimitives.WriteInt64LittleEndian(large.AsSpan(48), BinaryPrimitives.ReadUInt32LittleEndian(rest.AsSpan(16)));
            "PK\u0006\u0007"u8.CopyTo(large.AsSpan(56));
            BinaryPrimitives.WriteInt64LittleEndian(large.AsSpan(64), end);
            BinaryPrimitives.WriteInt32LittleEndian(large.AsSpan(72), 1);
        }

        File.WriteAllBytes(path, [.. list, .. large, .. rest]);
    }
}
