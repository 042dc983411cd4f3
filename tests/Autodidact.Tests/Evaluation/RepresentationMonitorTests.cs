using Autodidact.Evaluation;
using Autodidact.Numerics;
using Autodidact.Tests.Metrics;

namespace Autodidact.Tests.Evaluation;

public sealed class RepresentationMonitorTests
{
    [Fact]
    public void Should_Equal_The_Float64_Reference()
    {
        var c = EvaluationFixture.Read<Case>("representation.json");
        using var a = new FeatureMatrix(c.Rows, c.Columns);
        using var b = new FeatureMatrix(c.Rows, c.Columns);
        for (var i = 0; i < c.Rows; i++)
        {
            for (var j = 0; j < c.Columns; j++)
            {
                a[i][j] = (float)ReferenceFeatures.At(i, j, 7);
                b[i][j] = (float)(a[i][j] + (0.3 * ReferenceFeatures.At(i, j, 8)));
            }
        }

        var one = RepresentationMonitor.Measure(a);
        var two = RepresentationMonitor.Measure(a, b);
        Assert.Null(one.Alignment);
        Assert.Equal(c.Std, one.MeanStandardDeviation, 1e-6);
        Assert.Equal(c.Smallest, one.SmallestStandardDeviation, 1e-6);
        Assert.Equal(c.Rank, one.EffectiveRank, 1e-5);
        Assert.Equal(c.UniformityOne, one.Uniformity, 1e-6);
        Assert.Equal(c.UniformityTwo, two.Uniformity, 1e-6);
        Assert.Equal(c.Alignment, two.Alignment!.Value, 1e-6);
    }

    [Fact]
    public void Should_Show_Collapse()
    {
        using var collapsed = new FeatureMatrix(100, 8);
        for (var i = 0; i < 100; i++)
            collapsed[i].Fill(1 + i);
        var statistics = RepresentationMonitor.Measure(collapsed, collapsed);
        Assert.Equal(0, statistics.MeanStandardDeviation, 1e-6);
        Assert.Equal(1, statistics.EffectiveRank, 1e-3);
        Assert.Equal(0, statistics.Uniformity, 1e-5);
        Assert.Equal(0, statistics.Alignment!.Value, 1e-6);
    }

    [Fact]
    public void Should_Have_Full_Rank_And_Closed_Form_Uniformity_On_Orthogonal_Embeddings()
    {
        using var orthogonal = new FeatureMatrix(8, 8);
        for (var i = 0; i < 8; i++)
            orthogonal[i][i] = 3;
        var statistics = RepresentationMonitor.Measure(orthogonal);
        Assert.Equal(8, statistics.EffectiveRank, 1e-6);
        Assert.Equal(-4, statistics.Uniformity, 1e-6);
    }

    [Fact]
    public void Should_Count_Every_Pair_Once_Across_Blocks()
    {
        // Two directions, a quarter turn apart, over more rows than one block: log of the mean over pairs is known.
        const int Rows = 5001;
        using var matrix = new FeatureMatrix(Rows, 2);
        for (var i = 0; i < Rows; i++)
            matrix[i][i % 2] = 1;
        double even = 2501, odd = 2500;
        var apart = even * odd / (0.5 * Rows * (Rows - 1));
        Assert.Equal(Math.Log(1 - apart + (apart * Math.Exp(-4))), RepresentationMonitor.Measure(matrix).Uniformity, 1e-5);
    }

    [Fact]
    public void Should_Refuse_What_Cannot_Be_Measured()
    {
        using var one = new FeatureMatrix(1, 4);
        using var two = new FeatureMatrix(2, 4);
        using var three = new FeatureMatrix(3, 4);
        Assert.Throws<ArgumentException>(() => RepresentationMonitor.Measure(one));
        Assert.Throws<ArgumentException>(() => RepresentationMonitor.Measure(two, three));
        two[0][0] = float.NaN;
        Assert.Throws<ArgumentException>(() => RepresentationMonitor.Measure(two));
    }

    internal sealed record Case(
        int Rows, int Columns, double Std, double Smallest, double Rank, double Alignment, double UniformityOne, double UniformityTwo);
}
