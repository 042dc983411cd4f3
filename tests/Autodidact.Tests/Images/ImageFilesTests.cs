using Autodidact.Images;
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
        Assert.Equal(expected, ImageFiles.Below(folder));
        Assert.Equal(expected, ImageFiles.Below(folder + Path.DirectorySeparatorChar));
        Assert.All(expected, path => Assert.True(File.Exists(path)));
        Assert.Equal(_scratch["pictures/b.png"].Replace('\\', '/'), ImageFiles.Below(_scratch["pictures"])[0]);
    }
}
