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
        var listed = ImageFiles.Below(folder);
        SpecialFiles.Remove(folder);
        Assert.Equal(
            [
                ("a.png", null), ("caf\uFFFD.png", NotUtf8), ("caf\uFFFD.png", NotUtf8), ("d\uFFFD", NotUtf8),
                ("loop.png", "the link cannot be followed"), ("\uFFFD.png", null),
            ],
            listed.Select(file => (Path.GetFileName(file.Path), file.Problem?.Split(" (")[0])));
    }
}
