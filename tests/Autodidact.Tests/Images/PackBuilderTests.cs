using Autodidact.Files;
using Autodidact.Images;

namespace Autodidact.Tests.Images;

public sealed class PackBuilderTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string PackPath => _directory["set.pack"];

    public void Dispose() => _directory.Dispose();

    /// <summary>The runtime would free them when it likes: here, after all of them.</summary>
    [Fact]
    public void Should_Free_Large_Files_While_It_Packs()
    {
        const int Bytes = 32 << 20;
        var source = new LargeFiles(TestImages.Png(), Bytes, count: 24);
        TestImages.Pack(source, _directory["large.pack"]);
        var waiting = (int)(DecodeGate.Encoded.Capacity / 2 / Bytes);

        // As many wait as may, as many are done with and not freed yet, and those between the two.
        Assert.InRange(source.MostAlive, 1, (2 * waiting) + 3);
    }

    [Fact]
    public void Should_Round_Trip_Keys_Pixels_And_Sizes_In_Source_Order()
    {
        var source = new ListSource(
            Entry("z/späße.png", TestImages.Png(20, 20, 1), "z"), Raw("a", 20, 2), Entry("b.png", TestImages.Png(20, 20, 3)));
        var labels = TestImages.Pack(source, PackPath);
        using var pack = PackedImages.Open(PackPath);
        Assert.Equal((3, 20, 20), (pack.Count, pack.Height, pack.Width));
        Assert.Equal(["z/späße.png", "a", "b.png"], Enumerable.Range(0, 3).Select(pack.Key));
        Assert.Equal(["z", null, null], labels);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(TestImages.Pixels(20, 20, i + 1), pack.Pixels(i).ToArray());
            Assert.Equal((20, 20), pack.OriginalSize(i));
        }

        Assert.Empty(pack.Skipped);
        Assert.Throws<ArgumentOutOfRangeException>(() => pack.Key(3));
        Assert.Equal([PackPath], Directory.GetFiles(_directory.Root));
    }

    [Fact]
    public void Should_Skip_Truncated_Jpeg_And_Record_Why()
    {
        var source = new ListSource(
            Entry("cut.jpg", TestImages.Jpeg(48, 48)[..500]),
            Entry("good.jpg", TestImages.Jpeg(48, 48)),
            new ImageEntry("gone, \"really\".jpg", "x", new UnreadableImage("the file is gone")),
            Entry("text.png", "hello"u8.ToArray()));
        var labels = TestImages.Pack(source, PackPath);
        using var pack = PackedImages.Open(PackPath);
        Assert.Equal("good.jpg", pack.Key(0));
        Assert.Single(labels);
        Assert.Equal(["cut.jpg", "gone, \"really\".jpg", "text.png"], pack.Skipped.Select(image => image.Key));
        Assert.Equal("the file is gone", pack.Skipped[1].Reason);
        Assert.All(pack.Skipped, image => Assert.NotEmpty(image.Reason));

        SkippedCsv.Write(_directory["skipped.csv"], pack.Skipped);
        var lines = File.ReadAllLines(_directory["skipped.csv"]);
        Assert.Equal("key,reason", lines[0]);
        Assert.Equal("\"gone, \"\"really\"\".jpg\",the file is gone", lines[2]);
    }

    [Fact]
    public void Should_Write_Equal_Bytes_Whatever_The_Labels_And_The_Number_Of_Workers()
    {
        byte[] Build(string label, int workers)
        {
            var entries = Enumerable.Range(0, 60)
                .Select(
                    i => Entry($"{i}.png", i % 7 == 3 ? TestImages.Png(30, 30)[..(60 + i)] : TestImages.Png(30, 30, i), label + (i % 5)));
            TestImages.Pack(new ListSource([.. entries]), PackPath, new PackOptions { Workers = workers });
            return File.ReadAllBytes(PackPath);
        }

        var first = Build("a", 1);
        Assert.Equal(first, Build("b", 4));
    }

    [Fact]
    public void Should_Count_Exact_Duplicates_And_Keep_Them()
    {
        TestImages.Pack(new ListSource(Raw("a", 8, 1), Raw("b", 8, 2), Raw("c", 8, 1), Raw("d", 8, 1)), PackPath);
        using var pack = PackedImages.Open(PackPath);
        Assert.Equal((4, 2), (pack.Count, pack.Duplicates));
        TestImages.Pack(new ListSource(Raw("e", 8, 2), Raw("f", 8, 5)), _directory["other.pack"]);
        using var other = PackedImages.Open(_directory["other.pack"]);
        Assert.Equal(1, other.CountSharedWith(pack));
        Assert.Equal(1, pack.CountSharedWith(other));
    }

    [Theory]
    [InlineData(48, 40, 48, 40, 40)]
    [InlineData(96, 96, 96, 96, 96)]
    [InlineData(97, 97, 97, 97, 64)]
    [InlineData(40, 40, 40, 41, 64)]
    [InlineData(40, 40, 200, 300, 64)]
    public void Should_Choose_Own_Size_Of_Small_Equal_Images_And_Else_The_Default(int h1, int w1, int h2, int w2, int side)
    {
        TestImages.Pack(new ListSource(Entry("a.png", TestImages.Png(h1, w1)), Entry("b.png", TestImages.Png(h2, w2, 1))), PackPath);
        using var pack = PackedImages.Open(PackPath);
        Assert.Equal((2, side, side), (pack.Count, pack.Height, pack.Width));
        Assert.Equal([(h1, w1), (h2, w2)], [pack.OriginalSize(0), pack.OriginalSize(1)]);
    }

    [Fact]
    public void Should_Follow_The_Size_Asked_For()
    {
        TestImages.Pack(new ListSource(Entry("a.png", TestImages.Png(40, 40))), PackPath, new PackOptions { Side = 17 });
        using var pack = PackedImages.Open(PackPath);
        Assert.Equal((17, 17), (pack.Height, pack.Width));
    }

    [Fact]
    public void Should_Change_Fingerprint_With_Pixels_And_With_Keys_Only()
    {
        string Fingerprint(params ImageEntry[] entries)
        {
            TestImages.Pack(new ListSource(entries), PackPath);
            using var pack = PackedImages.Open(PackPath);
            return pack.Fingerprint;
        }

        var one = Fingerprint(Raw("a", 8, 1), Raw("b", 8, 2));
        Assert.Equal(one, Fingerprint(Raw("a", 8, 1) with { Label = "x" }, Raw("b", 8, 2)));
        Assert.NotEqual(one, Fingerprint(Raw("a", 8, 1), Raw("b", 8, 3)));
        Assert.NotEqual(one, Fingerprint(Raw("a", 8, 1), Raw("c", 8, 2)));
    }

    [Fact]
    public void Should_Fail_In_One_Line_When_Nothing_Can_Be_Packed()
    {
        var empty = Assert.Throws<AutodidactException>(() => TestImages.Pack(new ListSource(), PackPath));
        var broken = Assert.Throws<AutodidactException>(() => TestImages.Pack(new ListSource(Entry("a.png", [1, 2, 3])), PackPath));
        Assert.Equal((FailureKind.Data, FailureKind.Data), (empty.Kind, broken.Kind));
        Assert.Contains("none of its 1 images can be decoded (first: a.png: not a JPEG", broken.Message);
        Assert.Empty(Directory.GetFiles(_directory.Root));
    }

    [Fact]
    public void Should_Leave_The_Old_Pack_And_No_Rest_When_Cancelled()
    {
        TestImages.Pack(new ListSource(Raw("old", 8, 1)), PackPath);
        using var cancellation = new CancellationTokenSource();
        IEnumerable<ImageEntry> Entries()
        {
            for (var i = 0; i < 1000; i++)
            {
                if (i == 100)
                    cancellation.Cancel();
                yield return Raw($"{i}", 8, i);
            }
        }

        Assert.ThrowsAny<OperationCanceledException>(
            () => PackBuilder.Build(new LazySource(Entries), PackPath, cancellationToken: cancellation.Token));
        using var pack = PackedImages.Open(PackPath);
        Assert.Equal("old", pack.Key(0));
        Assert.Equal([PackPath], Directory.GetFiles(_directory.Root));
    }

    [Fact]
    public void Should_Blame_The_Source_When_The_Source_Cannot_Be_Read()
    {
        static IEnumerable<ImageEntry> Entries()
        {
            yield return Raw("a", 8, 1);
            throw new IOException("device lost");
        }

        var e = Assert.Throws<AutodidactException>(() => TestImages.Pack(new LazySource(Entries), PackPath));
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.Contains("device lost", e.Message);
    }

    [Fact]
    public void Should_Say_That_The_Disk_Is_Full()
    {
        var cause = new IOException("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
        var e = Assert.Throws<AutodidactException>(() => AtomicFile.Write(PackPath, stream =>
        {
            stream.WriteByte(1);
            throw cause;
        }));
        Assert.Equal(FailureKind.Environment, e.Kind);
        Assert.StartsWith("the disk is full while writing", e.Message);
        Assert.Empty(Directory.GetFiles(_directory.Root));
    }

    [Fact]
    public void Should_Report_Progress_Up_To_The_End()
    {
        var reports = new List<PackProgress>();
        TestImages.Pack(new ListSource(Raw("a", 8, 1), Entry("b", [1])), PackPath, progress: new Recorder(reports));
        Assert.Equal(new PackProgress("list", 2, 2, 1), reports[^1]);
    }

    private static ImageEntry Entry(string key, byte[] bytes, string? label = null) => new(key, label, new EncodedImage(bytes));

    private static ImageEntry Raw(string key, int side, int seed) =>
        new(key, null, new RawImage(TestImages.Pixels(side, side, seed), side, side, 3));

    private sealed class Recorder(List<PackProgress> reports) : IProgress<PackProgress>
    {
        public void Report(PackProgress value) => reports.Add(value);
    }

    private sealed class LazySource(Func<IEnumerable<ImageEntry>> entries) : IImageSource
    {
        public string Description => "lazy";

        public string Stamp() => "lazy";

        public IEnumerable<ImageEntry> Enumerate(CancellationToken cancellationToken = default) => entries();
    }

    /// <summary>A picture with zeros behind it, again and again in memory of its own, and how many of them live at once.</summary>
    private sealed class LargeFiles(byte[] picture, int bytes, int count) : IImageSource
    {
        private readonly List<WeakReference> _files = [];

        public int MostAlive { get; private set; }

        public string Description => "large files";

        public int? ExpectedCount => count;

        public string Stamp() => "large files";

        public IEnumerable<ImageEntry> Enumerate(CancellationToken cancellationToken = default)
        {
            for (var i = 0; i < count; i++)
            {
                yield return new ImageEntry($"{i}.png", null, new EncodedImage(Next()));
                MostAlive = Math.Max(MostAlive, _files.Count(file => file.IsAlive));
            }
        }

        private byte[] Next()
        {
            var file = new byte[bytes];
            picture.CopyTo(file, 0);
            _files.Add(new WeakReference(file));
            return file;
        }
    }
}
