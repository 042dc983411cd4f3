using Autodidact.Runs;

namespace Autodidact.Tests.Runs;

public sealed class RunNumberingTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("autodidact-numbers-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Should_Count_On_From_The_Highest_Number()
    {
        Assert.Equal(Path.Combine(_root, "none", "synthetic-1"), RunNumbering.Next("synthetic", Path.Combine(_root, "none")));
        foreach (var name in (string[])["cifar10-2", "cifar10-9", "cifar10-x", "cifar10-more-30", "other-40"])
            Directory.CreateDirectory(Path.Combine(_root, name));
        Assert.Equal(Path.Combine(_root, "cifar10-10"), RunNumbering.Next("../data/cifar10.zip", _root));
    }

    [Theory]
    [InlineData("synthetic", "synthetic")]
    [InlineData("/data/CIFAR10.zip", "cifar10")]
    [InlineData("../cifar-10.tar.gz", "cifar-10")]
    [InlineData("my pictures (2024)/", "my-pictures-2024")]
    [InlineData("C:\\photos\\cats", "cats")]
    [InlineData("///", "images")]
    [InlineData("---", "images")]
    public void Should_Make_A_Name_Of_A_Path(string data, string name) => Assert.Equal(name, RunNumbering.NameOf(data));

    [Fact]
    public void Should_Keep_The_Dots_Of_A_Folder_And_Name_The_Current_One()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, "set.v2")).FullName;
        Assert.Equal("set.v2", RunNumbering.NameOf(folder));
        Assert.Equal(RunNumbering.NameOf(Directory.GetCurrentDirectory()), RunNumbering.NameOf("."));
    }
}
