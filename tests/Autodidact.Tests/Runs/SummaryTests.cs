using System.Text.Json.Nodes;
using Autodidact.Runs;

namespace Autodidact.Tests.Runs;

public sealed class SummaryTests
{
    /// <summary>The contract other programs read, as the design states it.</summary>
    private const string Contract =
        """
        { "schema": 1,
          "data": { "pretrain_images": 1, "train_images": 2, "eval_images": 3, "holdout_images": 4,
                    "skipped": 5, "duplicates": 6, "labelled": true, "classes": 10 },
          "raw_pixels": { "knn": 0.1, "purity": 0.2, "accuracy": 0.3 }, "untrained": { "knn": 0.1, "linear": 0.2 },
          "pretrain": { "method": "simclr", "arch": "resnet10", "epochs": 1, "seconds": 2,
                        "images_per_second": 3, "knn": 0.4, "linear": 0.5 },
          "cluster": { "k": 100, "inertia": 1.5, "nmi": 0.1, "ari": 0.2, "accuracy": 0.3, "purity": 0.4, "smallest": 5, "largest": 6 },
          "distill": { "method": "sssd", "arch": "resnet10", "epochs": 1, "seconds": 2 },
          "exits": [ { "exit": "1", "parameters": 1, "macs": 2, "images_per_second": 3, "knn": 0.1, "linear": 0.2,
                       "agreement": 0.3, "nmi": 0.4, "ari": 0.5, "accuracy": 0.6, "purity": 0.7 } ],
          "early_exit": [ { "threshold": 0.9, "agreement": 0.5, "mean_macs": 7 } ],
          "seconds": { "total": 0.5 }, "peak_memory_mb": 0.5 }
        """;

    [Fact]
    public void Should_Read_And_Write_Every_Key_Of_The_Contract() =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Contract), JsonNode.Parse(Summary.FromJson(Contract).ToJson())));

    /// <summary>A run's file from before scores had a record of their own.</summary>
    [Fact]
    public void Should_Write_The_Same_Bytes_As_Ever()
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", "summary", "summary.json"));
        Assert.Equal(text, Summary.FromJson(text).ToJson() + "\n");
    }

    [Fact]
    public void Should_Leave_Out_What_Was_Not_Measured()
    {
        var json = new Summary { Exits = [new ExitSummary { Exit = ExitSummary.Ensemble, Scores = new() { Knn = 0.5 } }] }.ToJson();
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"schema":1,"exits":[{"exit":"ensemble","knn":0.5}]}"""), JsonNode.Parse(json)));
    }

    [Fact]
    public void Should_Survive_Save_And_Load_And_Leave_No_Temporary_File()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "summary.json");
            var summary = Summary.FromJson(Contract);
            new Summary().Save(path);
            summary.Save(path);
            Assert.Equal(summary.ToJson(), Summary.Load(path).ToJson());
            Assert.Equal([path], Directory.GetFiles(folder.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Should_Refuse_To_Write_A_Figure_That_Is_Not_Finite() =>
        Assert.Throws<ArgumentException>(() => new Summary { PeakMemoryMb = double.NaN }.ToJson());

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"schema\": 2}")]
    [InlineData("null")]
    [InlineData("{\"schema\": 1, \"exits\": [{}]}")]
    public void Should_Refuse_What_Is_Not_A_Summary_Of_This_Schema(string json)
    {
        var error = Assert.Throws<AutodidactException>(() => Summary.FromJson(json, "runs/a/summary.json"));
        Assert.Equal(FailureKind.Data, error.Kind);
        Assert.StartsWith("runs/a/summary.json", error.Message);
    }

    [Fact]
    public void Should_Say_That_A_Run_Without_The_File_Has_Not_Been_Evaluated() =>
        Assert.Contains("not been evaluated", Assert.Throws<AutodidactException>(() => Summary.Load("/nonexistent/summary.json")).Message);
}
