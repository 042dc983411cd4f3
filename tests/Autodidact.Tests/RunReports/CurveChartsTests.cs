using Autodidact.Inference;
using Autodidact.Reporting;
using Autodidact.RunReports;
using Autodidact.Runs;

namespace Autodidact.Tests.RunReports;

public class CurveChartsTests
{
    [Fact]
    public void Should_Draw_Every_Metric_That_Was_Logged_Once()
    {
        MetricsEntry[] metrics =
        [
            .. Enumerable.Range(1, 5).Select(i => new MetricsEntry
            {
                Stage = "distill",
                Step = i,
                Loss = i,
                LearningRate = 0.1,
                Metrics = new Dictionary<string, double>
                {
                    ["hard"] = 1, ["soft"] = 2, ["knn"] = 0.5, ["effective_rank"] = 3, ["exit_1_holdout_agreement"] = 0.1,
                    ["exit_10_holdout_agreement"] = 0.3,
                    ["exit_2_holdout_agreement"] = 0.2, ["holdout_agreement"] = 0.3,
                },
            }),
            new MetricsEntry { Stage = "pretrain", Step = 1, Loss = 99 },
        ];
        var charts = CurveCharts.Of(metrics, "distill").ToList();
        Assert.Equal(
            ["Loss", "k-NN monitor", "Effective rank", "Holdout agreement, each exit", "Parts of the loss", "Learning rate"],
            charts.Select(c => c.Title));
        Assert.Equal(["exit 1", "exit 2", "exit 10"], charts[3].Series.Select(s => s.Name));
        Assert.Equal(["hard", "soft"], charts[4].Series.Select(s => s.Name));
        Assert.Equal(Enumerable.Range(1, 5).Select(i => new double[] { i, i }), charts[0].Series[0].Points);
        Assert.Empty(CurveCharts.Of(metrics, "cluster"));
    }

    [Fact]
    public void Should_Average_A_Long_Curve()
    {
        var thin = PlotScale.Thin([.. Enumerable.Range(0, 10_000).Select(i => new double[] { i, 2 * i })]);
        Assert.InRange(thin.Count, 100, 300);
        Assert.All(thin, p => Assert.Equal(2 * p[0], p[1], 1.5));
    }

    [Fact]
    public void Should_Scale_Both_Directions_Alike()
    {
        Assert.Equal([0, 500, 2000, 0, 1000, 1000], PlotScale.Whole([-1, 1, 3, 0, 1, 2]));
        Assert.Equal([0, 0, 0, 0], PlotScale.Whole([5, 5, 5, 5]));
    }

    [Fact]
    public void Should_Put_Exits_At_Their_Cost_Beside_Encoder_And_Baselines()
    {
        var summary = new Summary
        {
            RawPixels = new RepresentationScores { Knn = 0.3 },
            Untrained = new RepresentationScores { Knn = 0.25, Linear = 0.2 },
            Pretrain = new PretrainSummary { Scores = new() { Knn = 0.7, Linear = 0.8 }, Macs = 900 },
            Exits =
            [
                new() { Exit = "1", Macs = 100, Scores = new() { Linear = 0.6, Knn = 0.5 } },
                new() { Exit = "2", Macs = 200, Scores = new() { Linear = 0.65 } },
                new() { Exit = ExitSummary.Ensemble, Macs = 210, Scores = new() { Linear = 0.66 } },
            ],
        };
        var charts = CostCharts.OfExits(summary).ToList();
        Assert.Equal(["exits", "ensemble", "encoder"], charts[0].Series.Select(s => s.Name));
        Assert.Equal([[100, 0.6], [200, 0.65]], charts[0].Series[0].Points);
        Assert.Equal([new PlotLevel("untrained encoder", 0.2)], charts[0].Levels);
        Assert.Equal(["raw pixels", "untrained encoder"], charts[1].Levels.Select(l => l.Name));
        Assert.Equal([[100, 0.5]], charts[1].Series[0].Points);
    }

    [Fact]
    public void Should_Show_Agreement_Where_Nothing_Was_Scored()
    {
        ExitSummary[] exits =
        [
            new() { Exit = "1", Macs = 100, Scores = new() { Agreement = 0.6 } },
            new() { Exit = "2", Macs = 200, Scores = new() { Agreement = 1 } },
        ];
        var chart = Assert.Single(CostCharts.OfExits(new Summary { Exits = exits }));
        Assert.Equal("Agreement with the deepest exit against cost", chart.Title);
        Assert.Equal([[100, 0.6], [200, 1]], chart.Series[0].Points);
        Assert.Empty(CostCharts.OfExits(new Summary()));
    }

    [Fact]
    public void Should_Lay_Classes_Along_The_Diagonal_And_Count_Every_Labelled_Image()
    {
        // Answers 7 and 9; the last image has no label.
        int[] answers = [9, 9, 9, 7, 7, 9];
        var chart = ConfusionChart.Of(answers, new ClassFacts(["a", "b", "c"], [], [0, 0, 1, 1, 1, -1]), c => $"c{c}")!;
        Assert.Equal(["c9", "c7"], chart.Rows);
        Assert.Equal(["a", "b", "c"], chart.Columns);
        Assert.Equal([[0, 0, 2], [0, 1, 1], [1, 1, 2]], chart.Counts);
        Assert.Null(ConfusionChart.Of([1], new ClassFacts(["a"], [], [-1]), c => ""));
    }

    [Fact]
    public void Should_Fold_Many_Clusters_And_Classes_And_Say_So()
    {
        var answers = Enumerable.Range(0, 9000).Select(i => i % 90).ToArray();
        var classes = Enumerable.Range(0, 9000).Select(i => i % 50).ToArray();
        var chart = ConfusionChart.Of(
            answers, new ClassFacts([.. Enumerable.Range(0, 50).Select(c => $"class {c}")], [], classes), c => $"{c}")!;
        Assert.Equal(60, chart.Rows.Count);
        Assert.Equal("all other classes", chart.Columns[^1]);
        Assert.Equal(6000, chart.Counts.Sum(c => c[2]));
        Assert.Contains("60 commonest of 90", chart.Note, StringComparison.Ordinal);
        Assert.Contains("40 commonest of 50", chart.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Show_Every_Set_Of_Thresholds_Beside_The_Exits()
    {
        var model = new ModelManifest
        {
            Architecture = "a",
            Precision = "float32",
            Input = new ManifestInput(32, 32, [0, 0, 0], [1, 1, 1], null),
            FeatureSize = 4,
            Clusters = 2,
            Exits =
            [
                new ManifestExit { Exit = 1, StageFile = "s", ModelFile = "m", Parameters = 1, Macs = 50, BranchMacs = 1, Agreement = 0.8 },
            ],
            TradeOffs = [new TradeOff([0.9, 0], 0.99, 180) { Accuracy = 0.6 }, new TradeOff([0.5, 0], 0.9, 80)],
        };
        var charts = CostCharts.OfEarlyExits(model).ToList();
        Assert.Equal([[80, 0.9], [180, 0.99]], charts[0].Series[0].Points);
        Assert.Equal("thresholds 0.5, 0", charts[0].Series[0].Names![0]);
        Assert.Equal([[50, 0.8]], charts[0].Series[1].Points);
        Assert.Equal([[180, 0.6]], charts[1].Series[0].Points);
        Assert.Empty(CostCharts.OfEarlyExits(model with { TradeOffs = [] }));
    }
}
