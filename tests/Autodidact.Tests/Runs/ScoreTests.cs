using System.Text.Json.Nodes;
using Autodidact.Experiments;
using Autodidact.RunReports;
using Autodidact.Runs;

namespace Autodidact.Tests.Runs;

/// <summary>A score is described once, and is then everywhere. These tests name no score.</summary>
public class ScoreTests
{
    public static TheoryData<string> Names() => [.. Score.All.Select(score => score.Name)];

    [Fact]
    public void Should_Describe_Every_Score_Of_The_Record()
    {
        Assert.Equal(
            typeof(RepresentationScores).GetProperties().Select(p => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name)),
            Names().Select(n => n.Data));
        Assert.All(Score.All, score =>
        {
            Assert.NotEmpty(score.About.Text);
            Assert.NotEqual(default, score.About.Rows);
            Assert.NotEqual(Better.Neither, score.About.Better);
            Assert.Equal(score.About.Column > 0, score.About.Header.Length > 0);
            if (score.About.Chart > 0) Assert.NotNull(score.About.Title);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Should_Be_Written_And_Read_In_Each_Row_That_Has_It(string name)
    {
        var json = JsonNode.Parse(All(0.25).ToJson())!;
        var about = Score.All.Single(score => score.Name == name).About;
        foreach (var (row, node) in new[]
        {
            (ScoredRows.Baselines, json["raw_pixels"]), (ScoredRows.Baselines, json["untrained"]), (ScoredRows.Encoder, json["pretrain"]),
            (ScoredRows.Clusters, json["cluster"]), (ScoredRows.Exits, json["exits"]![0]), (ScoredRows.Exits, json["exits"]![1]),
        })
        {
            Assert.Equal(about.Rows.HasFlag(row) ? 0.25 : null, (double?)node![name]);
        }

        Assert.Equal(json.ToJsonString(), JsonNode.Parse(Summary.FromJson(json.ToJsonString()).ToJson())!.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Should_Be_A_Metric_Of_Experiments(string name)
    {
        var score = Score.All.Single(score => score.Name == name);
        foreach (var (row, metric) in new[]
        {
            (ScoredRows.Baselines, "raw_pixels"), (ScoredRows.Baselines, "untrained"), (ScoredRows.Encoder, "pretrain"),
            (ScoredRows.Clusters, "cluster"),
            (ScoredRows.Exits, "exits.1"), (ScoredRows.Exits, "exits.mean"), (ScoredRows.Exits, "ensemble"),
        })
        {
            if (score.About.Rows.HasFlag(row))
            {
                Assert.Equal(
                    (0.25, true),
                    (MetricColumn.Parse($"{metric}.{name}").Read(All(0.25)), MetricColumn.Parse($"{metric}.{name}").IsFraction));
            }
            else Assert.Throws<AutodidactException>(() => MetricColumn.Parse($"{metric}.{name}"));
        }
    }

    [Fact]
    public void Should_Fill_Every_Column_Of_The_Table_And_Every_Row_Of_A_Comparison()
    {
        var rows = ScoreTable.Rows(All(0.25)).ToList();
        var shown =
            rows.SelectMany(row => ScoreTable.Columns.Where(c => c.Cell(row) == "25.0%").Select(c => $"{row.Name} {c.Header}")).ToList();
        foreach (var score in Score.All.Where(score => score.About.Column > 0))
        {
            Assert.Contains($"exit 1 {score.About.Header}", shown);
            if ((score.About.Rows & (ScoredRows.Encoder | ScoredRows.Clusters)) != 0)
                Assert.Contains($"encoder {score.About.Header}", shown);
        }

        var compared = new RunComparison([new("runs/a", new(), All(0.25)), new("runs/b", new(), new())]).FigureRows().ToList();
        Assert.Equal(shown, compared.Where(row => row.Cells[0] == "25.0%").Select(row => row.Name));
        Assert.All(compared.Where(row => row.Cells[0] == "25.0%"), row => Assert.Equal(Figures.Absent, row.Cells[1]));
    }

    [Fact]
    public void Should_Come_From_The_First_That_Has_It_Where_Two_Are_Joined()
    {
        var (first, second) = (new RepresentationScores { Knn = 0.1, Ari = 0.2 }, new RepresentationScores { Knn = 0.3, Nmi = 0.4 });
        Assert.Equal(new RepresentationScores { Knn = 0.1, Ari = 0.2, Nmi = 0.4 }, Score.Join(first, second));
        Assert.Equal(new RepresentationScores { Knn = 0.1, Ari = 0.2 }, first);
    }

    [Theory]
    [InlineData("pretrain", false, true, true)]
    [InlineData("cluster", true, false, true)]
    [InlineData("distill", true, true, false)]
    public void Should_Be_Dropped_Of_A_Stage_Done_Anew_And_Of_Every_Later_One(string stage, bool encoder, bool clusters, bool student)
    {
        var left = All(0.25).Without(stage);
        Assert.Equal(
            (encoder, clusters, student),
            (left.Pretrain?.Method is not null, left.Cluster?.K is not null, left.Distill?.Method is not null));
        Assert.Null(left.Exits);
        Assert.Null(left.EarlyExit);
        Assert.Equal(stage == "distill" ? All(0.25).ToJson() : "", Restored(left));

        // The student alone depends on no baseline; the others were measured against the clusters.
        static string Restored(Summary left) => left.HasBaselines
            ? (left with { Distill = All(0.25).Distill, Exits = All(0.25).Exits, EarlyExit = All(0.25).EarlyExit }).ToJson()
            : string.Concat(Scores(left));
    }

    [Fact]
    public void Should_Stay_With_The_Run_That_Measured_It_Where_Another_Takes_The_Notes_Of_A_Stage()
    {
        var taken = new[] { "pretrain", "cluster", "distill" }.Aggregate(
            new Summary(), (summary, stage) => summary.TakingNotes(stage, All(0.25)));
        Assert.Equal(("simclr", 10, "sssd"), (taken.Pretrain!.Method, taken.Cluster!.K, taken.Distill!.Method));
        Assert.Empty(Scores(taken));
        Assert.Throws<ArgumentException>(() => taken.TakingNotes("evaluate", taken));
        Assert.Throws<ArgumentException>(() => taken.Without("evaluate"));
    }

    [Fact]
    public void Should_Be_Taken_With_All_Baselines_Beside_The_Runs_Own_Notes()
    {
        var own = new Summary { Pretrain = new() { Method = "dino" }, Cluster = new() { K = 7 } };
        var taken = own.TakingBaselines(All(0.25));
        Assert.Equal(("dino", 7), (taken.Pretrain!.Method, taken.Cluster!.K));
        Assert.Equal(
            All(0.25) with { Pretrain = null, Cluster = null, Distill = null, Exits = null, EarlyExit = null },
            taken with { Pretrain = null, Cluster = null });
        Assert.Equal((All(0.25).Pretrain!.Scores, All(0.25).Cluster!.Scores), (taken.Pretrain.Scores, taken.Cluster.Scores));
        Assert.True(taken.HasBaselines);
        Assert.Empty(Scores(taken.WithoutBaselines()));
        Assert.Equal("simclr", new Summary().TakingBaselines(All(0.25)).Pretrain!.Method);
    }

    [Fact]
    public void Should_Stay_Where_A_Stage_Is_Done_Again_In_The_Same_Way()
    {
        var noted = All(0.25).Noting(new PretrainSummary { Method = "dino" }).Noting(new ClusterSummary { K = 7 });
        Assert.Equal(("dino", 7), (noted.Pretrain!.Method, noted.Cluster!.K));
        Assert.Equal(Scores(All(0.25)), Scores(noted));
    }

    /// <summary>A summary in which every row has every score that it can have.</summary>
    private static Summary All(double value) => new()
    {
        RawPixels = Row(ScoredRows.Baselines, value),
        Untrained = Row(ScoredRows.Baselines, value),
        Pretrain = new() { Method = "simclr", Scores = Row(ScoredRows.Encoder, value) },
        Cluster = new() { K = 10, Scores = Row(ScoredRows.Clusters, value) },
        Distill = new() { Method = "sssd" },
        Exits =
        [
            new() { Exit = "1", Scores = Row(ScoredRows.Exits, value) },
            new() { Exit = ExitSummary.Ensemble, Scores = Row(ScoredRows.Exits, value) },
        ],
        EarlyExit = [new() { Threshold = 0.9 }],
    };

    private static RepresentationScores Row(ScoredRows row, double value)
    {
        var scores = new RepresentationScores();
        foreach (var score in Score.Of(row)) score.Write(scores, value);
        return scores;
    }

    /// <summary>Every score in the file, as <c>row.score</c>.</summary>
    private static IEnumerable<string> Scores(Summary summary)
    {
        var names = Score.All.Select(score => score.Name).ToHashSet();
        var json = JsonNode.Parse(summary.ToJson())!.AsObject();
        var rows = json.Where(part => part.Value is JsonObject).Select(part => (part.Key, Row: part.Value!.AsObject()))
            .Concat((json["exits"]?.AsArray() ?? []).Select(row => (Key: "exits", Row: row!.AsObject())));
        return rows.SelectMany(
            row => row.Row.Where(figure => names.Contains(figure.Key)).Select(figure => $"{row.Key}.{figure.Key}={figure.Value}"));
    }
}
