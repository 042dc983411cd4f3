namespace Autodidact.Tests;

public class PluralTests
{
    [Theory]
    [InlineData(0, "image", "0 images")]
    [InlineData(1, "image", "1 image")]
    [InlineData(2, "image", "2 images")]
    [InlineData(1_234_567, "row", "1,234,567 rows")]
    [InlineData(2, "class", "2 classes")]
    [InlineData(2, "batch", "2 batches")]
    [InlineData(2, "query", "2 queries")]
    [InlineData(2, "key", "2 keys")]
    public void Should_Put_The_Noun_Into_The_Form_Of_The_Count(long count, string noun, string text) =>
        Assert.Equal(text, Plural.Of(count, noun));

    [Fact]
    public void Should_Take_A_Plural_Of_Its_Own() =>
        Assert.Equal(("2 matrices", "1 matrix"), (Plural.Of(2, "matrix", "matrices"), Plural.Of(1, "matrix", "matrices")));

    [Theory]
    [InlineData("run directory", "a run directory")]
    [InlineData("image", "an image")]
    public void Should_Choose_The_Article(string noun, string text) => Assert.Equal(text, Plural.One(noun));
}
