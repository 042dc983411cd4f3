using Autodidact.Views;

namespace Autodidact.Tests.Views;

public class ResizeTableTests
{
    [Theory]
    [InlineData(Interpolation.Bilinear)]
    [InlineData(Interpolation.Bicubic)]
    public void Should_Give_Each_Output_Weights_That_Sum_To_One(Interpolation interpolation)
    {
        var table = ResizeTable.Create(9, 4, interpolation);
        for (var i = 0; i < 4; i++) Assert.Equal(1, table.Weights.AsSpan(i * table.Taps, table.Counts[i]).ToArray().Sum(), 1e-6);
    }

    [Fact]
    public void Should_Refuse_A_Filter_That_Is_Not_Known() =>
        Assert.Contains(
            "no filter of this kind is known",
            Assert.Throws<ArgumentOutOfRangeException>(() => ResizeTable.Create(9, 4, (Interpolation)9)).Message);
}
