using Autodidact.Images;

namespace Autodidact.Tests.Images;

public sealed class EvaluationLabelsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Should_Round_Trip_Through_A_File()
    {
        EvaluationLabels.FromNames(["dog", null, "cat", "dog"]).Save(_directory["labels.json"]);
        var labels = EvaluationLabels.Load(_directory["labels.json"]);
        Assert.Equal(["cat", "dog"], labels.Classes);
        Assert.Equal([1, -1, 0, 1], Enumerable.Range(0, labels.Count).Select(i => labels[i]));
        Assert.Equal(3, labels.Labelled);
    }

    [Theory]
    [InlineData("{\"version\":1,\"classes\":[\"a\"],\"labels\":[1]}")]
    [InlineData("{\"version\":1,\"classes\":[\"a\",\"a\"],\"labels\":[0]}")]
    [InlineData("{\"version\":2,\"classes\":[\"a\"],\"labels\":[0]}")]
    [InlineData("{\"version\":1,\"classes\":[null],\"labels\":[0]}")]
    [InlineData("{\"version\":1}")]
    [InlineData("null")]
    [InlineData("{\"version\":1,\"cla")]
    [InlineData("")]
    public void Should_Refuse_A_Damaged_File_In_One_Line(string content)
    {
        var e = Assert.Throws<AutodidactException>(() => EvaluationLabels.Load(_directory.Write("labels.json", content)));
        Assert.Equal(FailureKind.Data, e.Kind);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Should_Refuse_A_Missing_File() =>
        Assert.Equal(FailureKind.Data, Assert.Throws<AutodidactException>(() => EvaluationLabels.Load(_directory["none.json"])).Kind);
}
