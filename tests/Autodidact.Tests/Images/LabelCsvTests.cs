using Autodidact.Images;

namespace Autodidact.Tests.Images;

public sealed class LabelCsvTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Should_Match_Keys_And_Unique_File_Names_And_Count_The_Rest()
    {
        var (labels, unknown) = Load("key,label\na/1.png,cat\n2.png,dog\n3.png,ambiguous\nmissing.png,cat\n4.png,\n")
            .Match(["a/1.png", "a/2.png", "a/3.png"], ["b/3.png", "4.png"]);
        Assert.Equal(["cat", "dog", null], labels[0].AsEnumerable());
        Assert.Equal([null, null], labels[1].AsEnumerable());
        Assert.Equal(2, unknown);
    }

    [Fact]
    public void Should_Read_Quotes_Carriage_Returns_Byte_Order_Mark_And_Columns_In_Any_Order()
    {
        var (labels, _) = Load("\uFEFFlabel,note,Key\r\n\"a \"\"b\"\", c\",x,\"1,\n2.png\"\r\n\r\n").Match(["1,\n2.png"]);
        Assert.Equal(["a \"b\", c"], labels[0].AsEnumerable());
    }

    [Theory]
    [InlineData("", "has no header")]
    [InlineData("1.png,cat\n", "has no header")]
    [InlineData("key,label\n1.png\n", "too few fields on line 2")]
    [InlineData("key,label\n1.png,cat\n1.png,dog\n", "labels 1.png twice (line 3: dog, before: cat)")]
    [InlineData("key,label\n\"1.png,cat\n", "line 2: a quoted field does not end")]
    [InlineData("key,label\n\"1\"x,cat\n", "line 2: text follows a closing quote")]
    public void Should_Refuse_Malformed_Files_In_One_Line(string content, string reason)
    {
        var e = Assert.Throws<AutodidactException>(() => Load(content));
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.Contains(reason, e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Should_Show_How_Keys_Look_When_None_Matches()
    {
        var e = Assert.Throws<AutodidactException>(() => Load("key,label\nx,cat\n").Match(["train/cat/1.png"]));
        Assert.Contains("write keys like train/cat/1.png", e.Message);
    }

    [Fact]
    public void Should_Parse_Label_Sources()
    {
        Assert.Equal(LabelSource.None, LabelSource.Parse("none"));
        Assert.Equal(LabelSource.Folders, LabelSource.Parse("folders"));
        Assert.Equal(LabelSource.Csv("a.csv"), LabelSource.Parse("a.csv"));
        Assert.Equal(FailureKind.Usage, Assert.Throws<AutodidactException>(() => LabelSource.Parse("folder")).Kind);
    }

    private LabelCsv Load(string content) => LabelCsv.Load(_directory.Write("labels.csv", content));
}
