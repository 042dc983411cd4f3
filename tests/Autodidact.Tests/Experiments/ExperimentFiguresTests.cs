using System.Xml.Linq;
using Autodidact.Experiments;

namespace Autodidact.Tests.Experiments;

public class ExperimentFiguresTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly string Home = Path.GetFullPath("home");

    private readonly Experiment _experiment = ExitExperiment.In(Home);

    [Fact]
    public void Should_Draw_Accuracy_Against_Cost_With_A_Line_A_Variant()
    {
        var words = Words(ExperimentFigures.Accuracy(new ReportData(_experiment, ExitExperiment.Rows(_experiment)))!);
        Assert.Contains("top (labels)", words);
        Assert.Contains("2.0 M", words);
        Assert.Equal(["plain", "hot", "top (labels)"], words.TakeLast(3));
    }

    [Theory]
    [InlineData("\"exits.1.macs\", \"exits.2.macs\"", "\"exits.2.macs\"")]
    [InlineData("\"exits.1.macs\", \"exits.2.macs\"", "\"exits.1.knn\", \"exits.2.knn\"")]
    public void Should_Draw_No_Cost_Where_The_Metrics_Lack_It(string part, string replacement)
    {
        var experiment = ExitExperiment.In(Home, ExitExperiment.Text.Replace(part, replacement, StringComparison.Ordinal));
        var row = SmallExperiment.Row(experiment.Cells[0], 0) with { Metrics = [.. experiment.Metrics.Select(_ => (double?)0.5)] };
        Assert.Null(ExperimentFigures.Accuracy(new ReportData(experiment, [row])));
    }

    [Fact]
    public void Should_Draw_No_Cost_Where_No_Run_Was_Measured() => Assert.Null(ExperimentFigures.Accuracy(new ReportData(_experiment, [])));

    [Fact]
    public void Should_Draw_Differences_Of_The_First_Results_And_Of_No_Sizes()
    {
        var figures = ExperimentFigures.Differences(new ReportData(_experiment, ExitExperiment.Rows(_experiment)));
        Assert.Equal(
            [
                "exits.2.linear: difference from plain",
                "exits.1.linear: difference from plain",
                "exits.2.linear - exits.1.linear: difference from plain",
            ],
            figures.Select(f => f.Title));
        var words = Words(figures[0]);
        Assert.DoesNotContain("plain", words);
        Assert.Contains("+5.00 (-20.41 to +30.41)", words);
        Assert.Contains("mean paired difference (points), 95 % interval; higher is better", words);
        Assert.Contains("mean paired difference (points), 95 % interval", Words(figures[2]));
        Assert.Contains("+20.00 (n/a)", words);
    }

    [Fact]
    public void Should_Draw_No_Differences_Of_One_Seed() =>
        Assert.Empty(
            ExperimentFigures.Differences(new ReportData(_experiment, [.. ExitExperiment.Rows(_experiment).Where(r => r.Seed == 1)])));

    private static IReadOnlyList<string> Words(ExperimentFigure figure) =>
        [.. XDocument.Parse(figure.Svg).Root!.Elements(Svg + "text").Select(t => t.Value)];
}
