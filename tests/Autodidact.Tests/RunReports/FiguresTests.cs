using Autodidact.RunReports;

namespace Autodidact.Tests.RunReports;

public class FiguresTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(999.0, "999")]
    [InlineData(1000.0, "1.00k")]
    [InlineData(68_412.0, "68.4k")]
    [InlineData(99_960.0, "100k")]
    [InlineData(999_600.0, "1.00M")]
    [InlineData(557_000_000.0, "557M")]
    [InlineData(4.1e9, "4.10G")]
    [InlineData(null, "–")]
    public void Should_Shorten_Large_Numbers_To_Three_Digits(double? number, string text) => Assert.Equal(text, Figures.Short(number));

    [Theory]
    [InlineData(0.61249, "61.2%")]
    [InlineData(1.0, "100.0%")]
    [InlineData(-0.0012, "-0.1%")]
    [InlineData(null, "–")]
    public void Should_Write_Fractions_As_Percent_With_One_Decimal(double? fraction, string text) =>
        Assert.Equal(text, Figures.Percent(fraction));
}
