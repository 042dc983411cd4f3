using Autodidact.Files;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Files;

public sealed class FolderSwapTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Should_Put_A_First_Folder_Into_Its_Place()
    {
        FolderSwap.Replace(Draft("new"), _scratch["model"]);
        AssertAlone("new");
    }

    [Fact]
    public void Should_Exchange_In_One_Rename_Where_The_System_Can()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems may need two renames");
        FolderSwap.Replace(Draft("old"), _scratch["model"]);
        FolderSwap.Replace(Draft("new"), _scratch["model"], (one, other) =>
        {
            Assert.True(FolderSwap.TryExchange(one, other));

            // A kill here leaves the new folder in its place, and the old one under a temporary name.
            Assert.Equal("new", File.ReadAllText(Path.Combine(other, "file")));
            Assert.Equal("old", File.ReadAllText(Path.Combine(one, "file")));
            return true;
        });
        AssertAlone("new");
    }

    [Fact]
    public void Should_Do_With_Two_Renames_Where_It_Cannot()
    {
        FolderSwap.Replace(Draft("old"), _scratch["model"], (_, _) => false);
        FolderSwap.Replace(Draft("new"), _scratch["model"], (_, _) => false);
        AssertAlone("new");
    }

    [Fact]
    public void Should_Repair_What_A_Kill_Between_Two_Renames_Left()
    {
        FolderSwap.Replace(Draft("old"), _scratch["model"]);
        Draft("never finished");
        Directory.Move(_scratch["model"], FolderSwap.AsideOf(_scratch["model"]));
        FolderSwap.Repair(_scratch["model"]);
        AssertAlone("old");

        // After the second rename the new one is in its place.
        Directory.Move(_scratch["model"], FolderSwap.AsideOf(_scratch["model"]));
        Directory.Move(Draft("new"), _scratch["model"]);
        FolderSwap.Repair(_scratch["model"]);
        AssertAlone("new");
    }

    private string Draft(string content)
    {
        var draft = TemporaryFile.NameFor(_scratch["model"]);
        Directory.CreateDirectory(draft);
        File.WriteAllText(Path.Combine(draft, "file"), content);
        return draft;
    }

    private void AssertAlone(string content)
    {
        Assert.Equal([_scratch["model"]], Directory.GetFileSystemEntries(Path.GetDirectoryName(_scratch["model"])!));
        Assert.Equal(content, File.ReadAllText(Path.Combine(_scratch["model"], "file")));
    }
}
