using Autodidact.Inference;

namespace Autodidact.Tests.Inference;

public class FeatureSourceTests
{
    [Theory]
    [InlineData("3", "3")]
    [InlineData("encoder", "encoder")]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("last", null)]
    [InlineData("", null)]
    public void Should_Read_The_Name_Of_An_Exit(string text, string? read)
    {
        if (read is null)
        {
            Assert.Equal(FailureKind.Usage, Assert.Throws<AutodidactException>(() => FeatureSource.Parse(text)).Kind);
        }
        else
        {
            Assert.Equal(read, FeatureSource.Parse(text).ToString());
        }
    }

    [Fact]
    public void Should_Tell_Exits_From_The_Encoder()
    {
        Assert.Equal(
            (0, true, 0, false, 3),
            (
                FeatureSource.Encoder.Exit, FeatureSource.Encoder.IsEncoder, FeatureSource.Deepest.Exit, FeatureSource.Deepest.IsEncoder,
                FeatureSource.AtExit(3).Exit));
        Assert.Equal(FeatureSource.Deepest, FeatureSource.AtExit(0));
        Assert.NotEqual(FeatureSource.Deepest, FeatureSource.Encoder);
        Assert.Throws<ArgumentOutOfRangeException>(() => FeatureSource.AtExit(-1));
    }
}
