using Autodidact.Experiments;
using Autodidact.Runs;

namespace Autodidact.Tests.Experiments;

public class MetricColumnTests
{
    private static readonly Summary Measured = new()
    {
        Pretrain = new() { Scores = new() { Linear = 0.75 }, Epochs = 20 },
        Cluster = new() { K = 10, Largest = 90, Smallest = 20 },
        Exits =
        [
            new() { Exit = "1", Scores = new() { Linear = 0.5 }, Macs = 100 },
            new() { Exit = "4", Scores = new() { Linear = 0.625 }, Macs = 400 },
            new() { Exit = ExitSummary.Ensemble, Scores = new() { Linear = 0.875 } },
        ],
    };

    [Theory]
    [InlineData("exits.4.linear", 0.625, true)]
    [InlineData("ensemble.linear", 0.875, true)]
    [InlineData("cluster.k", 10.0, false)]
    [InlineData("exits.4.linear - pretrain.linear", -0.125, true)]
    [InlineData("exits.4.linear - exits.1.linear", 0.125, true)]
    [InlineData("ensemble.linear - exits.4.linear", 0.25, true)]
    [InlineData("cluster.largest - cluster.smallest", 70.0, false)]
    [InlineData("exits.4.macs - exits.1.macs", 300.0, false)]
    [InlineData("exits.4.linear - exits.2.linear", null, true)]
    [InlineData("pretrain.knn - exits.4.linear", null, true)]
    [InlineData("exits.mean.linear", 0.5625, true)]
    [InlineData("exits.mean.macs", 250.0, false)]
    [InlineData("exits.mean.knn", null, true)]
    [InlineData("exits.mean.linear - pretrain.linear", -0.1875, true)]
    public void Should_Read_A_Figure_Or_The_Difference_Of_Two(string name, double? value, bool fraction)
    {
        var metric = MetricColumn.Parse(name);
        Assert.Equal((name, value, fraction), (metric.Name, metric.Read(Measured), metric.IsFraction));
        Assert.Equal(name.Contains(" - ", StringComparison.Ordinal), metric.IsDifference);
    }

    [Theory]
    [InlineData("exits.4.linear", "4", "linear")]
    [InlineData("ensemble.knn", "ensemble", "knn")]
    [InlineData("exits.ensemble.knn", "ensemble", "knn")]
    [InlineData("pretrain.knn", null, "knn")]
    [InlineData("exits.mean.linear", null, "linear")]
    [InlineData("exits.4.linear - exits.1.linear", null, null)]
    public void Should_Say_Which_Exit_It_Is_Of(string name, string? exit, string? figure)
    {
        var metric = MetricColumn.Parse(name);
        Assert.Equal((exit, figure), (metric.Exit, metric.Figure));
    }

    [Theory]
    [InlineData("exits.4.liner - pretrain.linear", "no figure 'liner' there; did you mean linear")]
    [InlineData("exits.4.linear - pretrian.linear", "metric 'pretrian.linear'")]
    [InlineData("exits.4.linear - exits.4.linear", "the same figure")]
    [InlineData("exits.ensemble.linear - ensemble.linear", "the same figure")]
    [InlineData("exits.4.linear - exits.4.macs", "one side is a fraction")]
    [InlineData("exits.4.linear - exits.1.linear - pretrain.linear", "two sides")]
    [InlineData("exits.4.linear-pretrain.linear", "expected a figure")]
    [InlineData("pretrain.linear-x", "known: ")]
    [InlineData("pretrain-exits.linear", "a difference is written with spaces, A - B")]
    [InlineData("exits.4.linear - ", "metric ''")]
    [InlineData("exits.mean.liner", "no figure 'liner' there; did you mean linear")]
    [InlineData("exits.04.linear", "expected a figure")]
    [InlineData("exits.0.linear", "expected a figure")]
    [InlineData("exits.+4.linear", "expected a figure")]
    public void Should_Refuse_What_Is_No_Figure_In_One_Line(string name, string message)
    {
        var refused = Assert.Throws<AutodidactException>(() => MetricColumn.Parse(name));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }
}
