using Autodidact.Cli.Rendering;
using Autodidact.RunReports;
using Autodidact.Runs;

namespace Autodidact.Tests.Runs;

/// <summary>A <c>summary.json</c> that somebody edited is read and shown, or refused in one line.</summary>
public sealed class HostileSummaryTests
{
    [Fact]
    public void Should_Take_Or_Refuse_Every_Edited_Summary()
    {
        var (taken, refused) = EditedJson.Check(EditedJson.Of(Json()), Use);
        Assert.InRange(taken, 100, int.MaxValue);
        Assert.InRange(refused, 500, int.MaxValue);
    }

    [Theory]
    [InlineData("{\"schema\": 99, \"new\": 1}", "it has schema 99, this version reads 1: a newer version wrote it: update this one")]
    [InlineData("{}", "it does not say its schema")]
    [InlineData("{\"schema\": 1, \"exits\": [{\"exit\": null}]}", "exits[0].exit: null stands where a value is needed")]
    [InlineData("{\"schema\": 1, \"exits\": [null]}", "exits[0]: null stands where a value is needed")]
    [InlineData("{\"schema\": 1, \"seconds\": {\"total\": 1e300}}", "seconds.total: the number is too large")]
    [InlineData("{\"schema\": 1, \"exits\": [{\"exit\": \"1\"}, {\"exit\": \"1\"}]}", "exits: 1 stands there twice")]
    [InlineData("{\"schema\": 1, \"data\": {}, \"data\": {}}", "the name 'data' is there twice")]
    public void Should_Name_The_Place(string json, string expected)
    {
        var failure = Assert.Throws<AutodidactException>(() => Summary.FromJson(json));
        Assert.Equal(FailureKind.Data, failure.Kind);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    private static void Use(string json)
    {
        var summary = Summary.FromJson(json);
        Assert.NotEmpty(ResultsTable.Render(summary, "data", "runs/a", 100));
        RunDescription.EarlyExitRows(summary).ToList();
        CostCharts.OfExits(summary).ToList();
        AdviceRules.For(new AdviceInput(summary, [], null, true));
        summary.ToJson();
    }

    private static string Json()
    {
        var scores = new RepresentationScores { Knn = 0.5, Linear = 0.6, Accuracy = 0.7 };
        return new Summary
        {
            Data = new()
            {
                PretrainImages = 100,
                TrainImages = 100,
                EvalImages = 50,
                HoldoutImages = 2,
                Skipped = 1,
                Duplicates = 3,
                Labelled = true,
                Classes = 4,
            },
            RawPixels = scores,
            Untrained = scores,
            Pretrain = new()
            {
                Method = "simclr",
                Arch = "resnet10",
                Epochs = 2,
                Seconds = 12,
                ImagesPerSecond = 300,
                Parameters = 9,
                Macs = 9,
                Scores = scores,
            },
            Cluster = new() { K = 5, Smallest = 1, Largest = 30, Inertia = 4 },
            Distill = new() { Method = "sssd", Arch = "resnet10", Epochs = 2, Seconds = 12 },
            Exits =
            [
                new() { Exit = "1", Scores = scores, Parameters = 10, Macs = 100 },
                new() { Exit = "2", Scores = scores, Parameters = 20, Macs = 200, ImagesPerSecond = 9 },
                new() { Exit = ExitSummary.Ensemble, Scores = scores, Parameters = 30, Macs = 300 },
            ],
            EarlyExit = [new() { Threshold = 0.5, Agreement = 0.9, MeanMacs = 100, Accuracy = 0.5, ImagesPerSecond = 3 }],
            Seconds = new() { Total = 100 },
            PeakMemoryMb = 300,
        }.ToJson();
    }
}
