using Autodidact.Experiments;

namespace Autodidact.Tests.Experiments;

public class SampleTests
{
    // Student's sleep data of 1908, as statistics programs carry it; their paired t-test gives 1.58 with the interval 0.7001142 to
    // 2.4598858.
    private static readonly double[] First = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    private static readonly double[] Second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

    [Fact]
    public void Should_Give_The_Published_Paired_Interval()
    {
        var difference = Sample.Paired(BySeed(Second), BySeed(First));
        Assert.Equal((10, 1.58), (difference.Count, Math.Round(difference.Mean!.Value, 10)));
        Assert.Equal(0.7001142, difference.Mean!.Value - difference.Interval!.Value, 1e-7);
        Assert.Equal(2.4598858, difference.Mean!.Value + difference.Interval!.Value, 1e-7);
    }

    [Fact]
    public void Should_Pair_Only_The_Seeds_Both_Have()
    {
        var difference = Sample.Paired(
            new Dictionary<ulong, double> { [1] = 5, [2] = 7, [9] = 100 }, new Dictionary<ulong, double> { [2] = 6, [1] = 3, [8] = -50 });
        Assert.Equal((2, 1.5), (difference.Count, difference.Mean));

        // Half of the spread of two values times 12.706 / sqrt(2) times sqrt(2).
        Assert.Equal(12.706 * 0.5, difference.Interval!.Value, 1e-3);
    }

    [Fact]
    public void Should_Say_Nothing_Of_The_Spread_Of_One_Value()
    {
        Assert.Equal(new Sample(1, 4, null), Sample.Of([4]));
        Assert.Null(Sample.Of([4]).Interval);
        Assert.Equal(new Sample(0, null, null), Sample.Of([]));
        Assert.Null(Sample.Of([]).Interval);
    }

    [Fact]
    public void Should_Divide_By_One_Less_Than_The_Count() =>
        Assert.Equal(Math.Sqrt(32.0 / 7), Sample.Of([2, 4, 4, 4, 5, 5, 7, 9]).Deviation!.Value, 1e-12);

    private static Dictionary<ulong, double> BySeed(double[] values) =>
        values.Select((v, i) => ((ulong)i, v)).ToDictionary(p => p.Item1, p => p.v);
}
