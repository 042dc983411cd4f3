using Autodidact.Options;
using CsCheck;

namespace Autodidact.Tests.Options;

public class DurationsTests
{
    [Theory]
    [InlineData("30m", 1800)]
    [InlineData("1h30m", 5400)]
    [InlineData("90s", 90)]
    [InlineData("1.5h", 5400)]
    [InlineData("2d1h", 176400)]
    [InlineData("250ms", 0.25)]
    [InlineData(" 1H30M ", 5400)]
    public void Should_Read_What_People_Write(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 9);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("30")]
    [InlineData("m")]
    [InlineData("30x")]
    [InlineData("30m1h")]
    [InlineData("1h1h")]
    [InlineData("-5m")]
    [InlineData("1..5m")]
    [InlineData("1h 30m")]
    [InlineData("99999999999d")]
    public void Should_Refuse_What_Could_Mean_Something_Else(string? text) => Assert.False(Durations.TryParse(text, out _));

    [Fact]
    public void Should_Read_Back_Every_Duration_It_Writes() => Gen.Long[0, TimeSpan.FromDays(400).Ticks].Sample(ticks =>
        Durations.TryParse(Durations.Format(TimeSpan.FromTicks(ticks)), out var read) && read.Ticks == ticks);

    [Theory]
    [InlineData(3.21, "3.2s")]
    [InlineData(9.97, "10s")]
    [InlineData(59.6, "1m00s")]
    [InlineData(130, "2m10s")]
    [InlineData(3900, "1h05m")]
    [InlineData(-4, "0.0s")]
    public void Should_Write_Two_Units_At_A_Glance(double seconds, string text) =>
        Assert.Equal(text, Durations.Brief(TimeSpan.FromSeconds(seconds)));
}
