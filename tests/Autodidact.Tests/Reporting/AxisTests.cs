using Autodidact.Reporting;

namespace Autodidact.Tests.Reporting;

public class AxisTests
{
    [Fact]
    public void Should_Leave_A_Twentieth_Of_The_Range_On_Both_Sides()
    {
        // 0 to 100 shows -5 to 105 on 220 pixels: 2 a unit.
        var axis = new Axis([100, 0, 50], 0, 220);
        Assert.Equal([10, 110, 210], [axis.At(0), axis.At(50), axis.At(100)]);
        Assert.Equal(
            [("0", 10.0), ("20", 50.0), ("40", 90.0), ("60", 130.0), ("80", 170.0), ("100", 210.0)],
            axis.Marks().Select(m => (m.Label, Math.Round(m.Pixel, 9))));
    }

    [Fact]
    public void Should_Run_Upwards_Where_The_High_End_Is_Above()
    {
        var axis = new Axis([0, 1], 100, 0);
        Assert.True(axis.At(1) < axis.At(0));
    }

    [Theory]
    [InlineData(-0.02, 0.03, "-0.02 -0.01 0.00 0.01 0.02 0.03")]
    [InlineData(0.5, 3, "0.5 1.0 1.5 2.0 2.5 3.0")]
    [InlineData(14e6, 75e6, "20 M 30 M 40 M 50 M 60 M 70 M")]
    [InlineData(0.2e9, 1.1e9, "0.2 G 0.4 G 0.6 G 0.8 G 1.0 G")]
    [InlineData(-12.7, 30.4, "-10 0 10 20 30")]
    [InlineData(7, 7, "6.0 6.5 7.0 7.5 8.0")]
    public void Should_Mark_Round_Values(double low, double high, string labels) =>
        Assert.Equal(labels, string.Join(' ', new Axis([low, high], 0, 500).Marks().Select(m => m.Label)));

    [Fact]
    public void Should_Mark_Values_Within_The_Axis_And_Not_Too_Many()
    {
        foreach (var range in new[] { 1e-6, 0.3, 0.999, 1, 7, 12345, 3e11 })
        {
            var marks = new Axis([-range / 3, range], 50, 650).Marks();
            Assert.InRange(marks.Count, 3, 9);
            Assert.All(marks, m => Assert.InRange(m.Pixel, 50 - 1e-6, 650 + 1e-6));
            Assert.Equal(marks.Count, marks.Select(m => m.Label).Distinct().Count());
        }
    }
}
