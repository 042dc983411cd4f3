using Autodidact.Images;
using Autodidact.Tests.Files;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Images;

public sealed class ImageFilesTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>Keys of an index are these paths: an absolute one would say on which machine it was made.</summary>
    [Fact]
    public void Should_Give_Paths_As_The_Folder_Was_Given()
    {
        Directory.CreateDirectory(_scratch["pictures/cats"]);
        File.WriteAllBytes(_scratch["pictures/b.png"], []);
        File.WriteAllBytes(_scratch["pictures/cats/1.jpg"], []);
        File.WriteAllBytes(_scratch["pictures/notes.txt"], []);
        var folder = Path.GetRelativePath(Environment.CurrentDirectory, _scratch["pictures"]);
        var portable = folder.Replace('\\', '/');
        string[] expected = [$"{portable}/b.png", $"{portable}/cats/1.jpg"];
        Assert.False(Path.IsPathRooted(folder));
        Assert.Equal(expected, Paths(folder));
        Assert.Equal(expected, Paths(folder + Path.DirectorySeparatorChar));
        Assert.All(expected, path => Assert.True(File.Exists(path)));
        Assert.Equal(_scratch["pictures/b.png"].Replace('\\', '/'), Paths(_scratch["pictures"])[0]);

        static string[] Paths(string folder) => [.. ImageFiles.Below(folder).Select(file => file.Path)];
    }

    [Fact]
    public void Should_Report_What_Lies_Too_Deep_And_List_The_Rest()
    {
        var names = Enumerable.Repeat("d", FolderWalk.MostLevels + 2).ToArray();
        Directory.CreateDirectory(_scratch[string.Join('/', names)]);
        var deepest = string.Join('/', names[..FolderWalk.MostLevels]);
        File.WriteAllBytes(_scratch[$"{deepest}/a.png"], []);
        File.WriteAllBytes(_scratch[$"{deepest}/d/b.png"], []);
        File.WriteAllBytes(_scratch["z.png"], []);
        var listed = FolderWalk.List(_scratch[""], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(
            [($"{deepest}/a.png", null), ($"{deepest}/d", "it lies more than 256 folders deep: move it up"), ("z.png", null)],
            listed.Select(item => (item.Key, item.Problem)));
    }

    [Fact]
    public void Should_Stop_While_It_Lists()
    {
        Directory.CreateDirectory(_scratch["a/b"]);
        Assert.Throws<OperationCanceledException>(() => ImageFiles.Below(_scratch["a"], new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Should_Not_Follow_A_Link_To_What_The_System_Makes_Up()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux has these folders");
        var folder = Directory.CreateDirectory(_scratch["pictures"]).FullName;
        Directory.CreateSymbolicLink(Path.Combine(folder, "all"), "/proc/self");
        File.WriteAllBytes(Path.Combine(folder, "b.png"), []);
        var listed = ImageFiles.Below(folder, TestContext.Current.CancellationToken);
        Assert.Equal(
            [("all", "it leads into /proc/, which holds no pictures: remove the link"), ("b.png", null)],
            listed.Select(file => (Path.GetFileName(file.Path), file.Problem)));
    }

    [Fact]
    public void Should_List_What_Cannot_Be_Read_With_The_Reason()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "names are bytes on Linux");
        var folder = Directory.CreateDirectory(_scratch["pictures"]).FullName;
        File.WriteAllBytes(Path.Combine(folder, "a.png"), []);
        File.WriteAllBytes(Path.Combine(folder, "\uFFFD.png"), []);
        SpecialFiles.Named(folder, [.. "caf"u8, 0xE9, .. ".png"u8]);
        SpecialFiles.Named(folder, [.. "caf"u8, 0xE8, .. ".png"u8]);
        SpecialFiles.Named(folder, [.. "caf"u8, 0xE9, .. ".txt"u8]);
        SpecialFiles.Named(folder, [.. "d"u8, 0xFF], asFolder: true);
        SpecialFiles.Loop(Path.Combine(folder, "loop.png"));
        const string NotUtf8 = "its name is not UTF-8: rename it";
        var listed = ImageFiles.Below(folder, TestContext.Current.CancellationToken);
        SpecialFiles.Remove(folder);
        Assert.Equal(
            [
                ("a.png", null), ("caf\uFFFD.png", NotUtf8), ("caf\uFFFD.png", NotUtf8), ("d\uFFFD", NotUtf8),
                ("loop.png", "the link cannot be followed"), ("\uFFFD.png", null),
            ],
            listed.Select(file => (Path.GetFileName(file.Path), file.Problem?.Split(" (")[0])));
    }
}
