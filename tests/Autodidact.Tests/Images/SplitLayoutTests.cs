using Autodidact.Images;

namespace Autodidact.Tests.Images;

public class SplitLayoutTests
{
    [Theory]
    [InlineData("test")]
    [InlineData("val")]
    [InlineData("valid")]
    [InlineData("validation")]
    [InlineData("Test")]
    public void Should_Find_Splits_Below_Single_Top_Folders(string evaluation)
    {
        var layout = Detect(
            "top/inner/train/cat/1.png", "top/inner/train/dog/1.png", $"top/inner/{evaluation}/cat/2.png",
            $"top/inner/{evaluation}/dog/2.png");
        Assert.Equal([("train/cat/1.png", "cat"), ("train/dog/1.png", "dog")], layout.Train.Select(item => (item.Key, item.Label)));
        Assert.Equal(
            [($"{evaluation}/cat/2.png", "cat"), ($"{evaluation}/dog/2.png", "dog")],
            layout.Evaluation!.Select(item => (item.Key, item.Label)));
    }

    [Fact]
    public void Should_See_Classes_Where_There_Are_No_Splits()
    {
        var layout = Detect("set/cat/1.png", "set/dog/1.png");
        Assert.Null(layout.Evaluation);
        Assert.True(layout.HasClassFolders);
        Assert.Equal([("cat/1.png", "cat"), ("dog/1.png", "dog")], layout.Train.Select(item => (item.Key, item.Label)));
    }

    /// <summary>A disk's lost+found beside the one folder of all images must not make that folder the class.</summary>
    [Fact]
    public void Should_Keep_The_Layout_Beside_A_Folder_That_Cannot_Be_Read()
    {
        SourceItem closed = new("lost+found", null, "/set/lost+found", 0, "", "the folder cannot be read") { IsFolder = true };
        var layout = SplitLayout.Detect([Item("set/cat/1.png"), Item("set/dog/1.png"), closed]);
        Assert.Equal(
            [("cat/1.png", "cat"), ("dog/1.png", "dog"), ("lost+found", null)], layout.Train.Select(item => (item.Key, item.Label)));
        var e = Assert.Throws<AutodidactException>(
            () => SplitLayout.Detect([Item("test/cat/1.png"), closed with { Key = "train", Locator = "/set/train" }]));
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.StartsWith("/set/train: the folder cannot be read", e.Message);
    }

    [Fact]
    public void Should_See_No_Labels_In_A_Flat_Folder_However_Deep()
    {
        var layout = Detect("a/train/images/1.png", "a/train/images/2.png");
        Assert.False(layout.HasClassFolders);
        Assert.Null(layout.Evaluation);
        Assert.Equal(["1.png", "2.png"], layout.Train.Select(item => item.Key));
    }

    [Fact]
    public void Should_Not_Take_A_Single_Folder_Of_Everything_For_A_Class()
    {
        var layout = Detect("train/cat/images/1.png", "train/dog/images/1.png", "val/images/1.png", "val/images/2.png");
        Assert.Equal(["cat", "dog"], layout.Train.Select(item => item.Label));
        Assert.Equal([null, null], layout.Evaluation!.Select(item => item.Label));
    }

    [Fact]
    public void Should_Keep_The_Label_Of_An_Evaluation_Split_With_One_Known_Class()
    {
        var layout = Detect("train/cat/1.png", "train/dog/1.png", "test/dog/1.png");
        Assert.Equal(["dog"], layout.Evaluation!.Select(item => item.Label));
    }

    [Fact]
    public void Should_Prefer_Test_To_Validation_But_Labels_To_None()
    {
        var both = Detect("train/cat/1.png", "train/dog/1.png", "test/cat/1.png", "val/cat/1.png", "extra/1.png");
        Assert.Equal(["test/cat/1.png"], both.Evaluation!.Select(item => item.Key));
        Assert.Equal(2, both.Ignored);
        var challenge = Detect("train/cat/1.png", "train/dog/1.png", "test/1.png", "val/cat/1.png");
        Assert.Equal(["val/cat/1.png"], challenge.Evaluation!.Select(item => item.Key));
    }

    private static SplitLayout Detect(params string[] keys) =>
        SplitLayout.Detect([.. keys.Select(Item)]);

    private static SourceItem Item(string key) => new(key, null, key, 1, string.Empty);
}
