using Autodidact.Stages;

namespace Autodidact.Tests.Stages;

public sealed class ProgressTextTests
{
    [Theory]
    [InlineData(0.4137, "0.41")]
    [InlineData(5, "5.0")]
    [InlineData(9.96, "10")]
    [InlineData(1234.6, "1,235")]
    public void Should_Show_The_Rate_Of_A_Slow_Training(double images, string text) => Assert.Equal(text, ProgressText.Rate(images));
}
