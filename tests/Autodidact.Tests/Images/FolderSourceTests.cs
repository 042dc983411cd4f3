using Autodidact.Images;
using Autodidact.Tests.Files;

namespace Autodidact.Tests.Images;

public sealed class FolderSourceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Should_Label_By_Class_Folder_And_Sort_By_Name()
    {
        _directory.Write("dog/2.png", "x");
        _directory.Write("dog/10.png", "x");
        _directory.Write("cat/deep/1.JPEG", "x");
        _directory.Write("loose.jpg", "x");
        _directory.Write("notes.txt", "x");
        _directory.Write(".hidden/3.png", "x");
        _directory.Write("dog/._2.png", "x");
        var source = new FolderSource(_directory.Root);
        Assert.Equal(
            [("cat/deep/1.JPEG", "cat"), ("dog/10.png", "dog"), ("dog/2.png", "dog"), ("loose.jpg", null)],
            source.All().Select(entry => (entry.Key, entry.Label)));
        Assert.Equal(4, source.ExpectedCount);
    }

    [Fact]
    public void Should_End_On_Link_Loops_And_Read_Linked_Folders_Once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "creating links needs rights on Windows");
        _directory.Write("data/a/1.png", "x");
        _directory.Write("elsewhere/2.png", "x");
        Directory.CreateSymbolicLink(_directory["data/a/loop"], _directory["data"]);
        Directory.CreateSymbolicLink(_directory["data/b"], _directory["data/a"]);
        Directory.CreateSymbolicLink(_directory["data/c"], _directory["elsewhere"]);
        Directory.CreateSymbolicLink(_directory["elsewhere/back"], _directory["data"]);
        File.CreateSymbolicLink(_directory["data/dangling.png"], _directory["nothing.png"]);
        var entries = new FolderSource(_directory["data"]).All();
        Assert.Equal(["a/1.png", "c/2.png", "dangling.png"], entries.Select(entry => entry.Key));
        Assert.IsType<UnreadableImage>(entries[2].Content);
    }

    [Fact]
    public void Should_Change_Stamp_With_Content_But_Not_With_Place()
    {
        var first = _directory.Write("a/x/1.png", "one");
        var second = _directory.Write("b/x/1.png", "one");
        File.SetLastWriteTimeUtc(first, DateTime.UnixEpoch);
        File.SetLastWriteTimeUtc(second, DateTime.UnixEpoch);
        var stamp = new FolderSource(_directory["a"]).Stamp();
        Assert.Equal(stamp, new FolderSource(_directory["b"]).Stamp());
        File.SetLastWriteTimeUtc(second, DateTime.UnixEpoch.AddSeconds(1));
        Assert.NotEqual(stamp, new FolderSource(_directory["b"]).Stamp());
    }

    [Fact]
    public void Should_Report_Empty_And_Oversized_Files_As_Unreadable()
    {
        _directory.Write("empty.png", string.Empty);
        _directory.Write("large.png", new byte[101]);
        var entries = new FolderSource(_directory.Root, new DecodeLimits { MaxBytes = 100 }).All().Select(entry => entry.Content);
        Assert.Equal(
            ["the file is empty", "too large: 101 bytes, the limit is 100 bytes"],
            entries.Select(content => Assert.IsType<UnreadableImage>(content).Reason));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Should_Read_Little_Of_A_Large_File_That_Is_No_Image(bool inZip)
    {
        const int Large = 60_000_000;
        var file = _directory.Write("set/a.png", new byte[Large]);
        TestImages.WriteZip(_directory["set.zip"], ("a.png", new byte[Large]));
        ListedSource source = inZip ? new ZipSource(_directory["set.zip"]) : new FolderSource(Path.GetDirectoryName(file)!);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var content = source.All().Single().Content;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Large / 10);
        Assert.StartsWith("not a JPEG", Assert.IsType<UnreadableImage>(content).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Skip_What_Is_No_File_Without_Waiting()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pipes are made as Linux makes them");
        SpecialFiles.Pipe(_directory["a.png"]);
        File.CreateSymbolicLink(_directory["b.png"], "/dev/zero");
        SpecialFiles.Huge(_directory["c.png"]);
        _directory.Write("d.png", "x");
        List<ImageEntry> entries = [];
        Assert.Null(SpecialFiles.Answer(() => entries.AddRange(new FolderSource(_directory.Root).All())));
        Assert.Equal(
            [
                "it is a named pipe, not a file", "it is a device, not a file",
                $"too large: {SpecialFiles.HugeBytes} bytes, the limit is {new DecodeLimits().MaxBytes} bytes", null,
            ],
            entries.Select(entry => (entry.Content as UnreadableImage)?.Reason));
    }

    [Fact]
    public void Should_Refuse_Missing_Folder_In_One_Line()
    {
        var e = Assert.Throws<AutodidactException>(() => new FolderSource(_directory["missing"]));
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.DoesNotContain('\n', e.Message);
    }
}
