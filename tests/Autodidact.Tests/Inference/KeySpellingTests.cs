using Autodidact.Inference;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Inference;

public sealed class KeySpellingTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("a/b.jpg", "a/b.jpg")]
    [InlineData("./a/b.jpg", "a/b.jpg")]
    [InlineData("././a/./b.jpg", "a/b.jpg")]
    [InlineData(".\\a\\b.jpg", "a/b.jpg")]
    [InlineData("a//b.jpg", "a/b.jpg")]
    [InlineData("/a/b.jpg", "/a/b.jpg")]
    [InlineData("../a.jpg", "../a.jpg")]
    [InlineData(".a/b.jpg", ".a/b.jpg")]
    [InlineData("", "")]
    public void Should_Write_A_Path_The_Portable_Way(string key, string portable) => Assert.Equal(portable, KeySpelling.Portable(key));

    [Fact]
    public void Should_Find_A_Key_However_It_Is_Spelled()
    {
        using var index = Open("b/1.jpg", "a/1.jpg", "./a/1.jpg", "a\\2.jpg", "say \"a, b\".jpg", "two\nlines.jpg");
        Assert.Equal(1, index.IndexOf("a/1.jpg"));
        Assert.Equal(2, index.IndexOf("./a/1.jpg"));
        Assert.Equal(1, index.IndexOf("a//1.jpg"));
        Assert.Equal(1, index.IndexOf("a\\1.jpg"));
        Assert.Equal(3, index.IndexOf("./a/2.jpg"));
        Assert.Equal(4, index.IndexOf("say \"a, b\".jpg"));
        Assert.Equal(5, index.IndexOf("two\nlines.jpg"));
        Assert.Equal(-1, index.IndexOf("A/1.jpg"));
        Assert.Equal(-1, index.IndexOf("1.jpg"));
    }

    [Fact]
    public void Should_Find_A_Key_By_The_Same_Path_Made_Absolute_Or_Relative()
    {
        using var index = Open("a/1.jpg", Path.GetFullPath("b/2.jpg"));
        Assert.Equal(0, index.RowOf(Path.GetFullPath("a/1.jpg")));
        Assert.Equal(0, index.RowOf("a/b/../1.jpg"));
        Assert.Equal(1, index.RowOf("./b/2.jpg"));
    }

    [Fact]
    public void Should_Name_Near_Keys_In_Place_Of_One_That_Is_Not_There()
    {
        using var index = Open(
            "pictures/cat.jpg", "pictures/dog.jpg", "old/pictures/cats.jpg", "elsewhere/cat.jpg", "cat.jpg.bak/x.png");
        var near = "near it are 'pictures/cat.jpg', 'elsewhere/cat.jpg', 'old/pictures/cats.jpg'; ";
        Assert.Contains(near, Refused(index, "my/pictures/Cat.jpg"));
        Assert.Contains("its keys look like 'pictures/cat.jpg'; ", Refused(index, "horse.webp"));
        Assert.EndsWith("a.keys.csv lists them", Refused(index, "horse.webp"), StringComparison.Ordinal);
        Assert.Contains("the key 'a\u2028b'".Replace("\u2028", "; ", StringComparison.Ordinal), Refused(index, "a\nb"));
        Refused(index, "");
        Refused(index, "a\0b");
    }

    private static string Refused(EmbeddingIndex index, string key)
    {
        var e = Assert.Throws<AutodidactException>(() => index.RowOf(key));
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.DoesNotContain('\n', e.Message);
        return e.Message;
    }

    private EmbeddingIndex Open(params string[] keys)
    {
        using (var writer = new EmbeddingIndexWriter(_scratch["a.npy"], 2))
        {
            foreach (var key in keys)
            {
                writer.Append(key, [1, 2]);
            }

            writer.Complete();
        }

        return EmbeddingIndex.Open(_scratch["a.npy"]);
    }
}
