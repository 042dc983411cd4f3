using System.Text.Json;

namespace Autodidact.IntegrationTests;

/// <summary>Two variants that differ in distillation, over two seeds, with real training.</summary>
public sealed class ExperimentTests : IDisposable
{
    private const string Json =
        """
        {
          "name": "tiny",
          "base": {
            "data": "synthetic", "encoder_arch": "resnet10-w8-cifar-pool", "clusters": "10",
            "set": ["data.synthetic_train=300", "data.synthetic_test=100", "data.holdout=0.1", "pretrain.epochs=4",
                    "pretrain.batch_size=64", "distill.epochs=3", "distill.batch_size=64",
                    "evaluate.linear.max_iterations=5"]
          },
          "variants": [ { "name": "plain" }, { "name": "hot", "set": ["distill.loss.temperature=7"] } ],
          "seeds": [1, 2],
          "baseline": "plain",
          "metrics": ["exits.4.linear", "exits.4.knn", "ensemble.linear", "exits.4.linear - pretrain.linear"],
          "comparisons": [ { "name": "all exits or the deepest", "variant": "hot", "metric": "ensemble.linear",
                             "against": "hot", "against_metric": "exits.4.linear" } ]
        }
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Share_Encoders_And_End_In_The_Same_Table_After_A_Kill()
    {
        var whole = Write("whole");
        using var first = Cli.Expect(0, _folder.Path, "experiment", whole);
        Assert.Contains("| hot | 2 |", first.Out, StringComparison.Ordinal);
        var rows = Rows("whole");
        Assert.Equal(["plain 1", "hot 1", "plain 2", "hot 2"], rows.Select(r => $"{r["variant"]} {r["seed"]}"));
        Assert.Contains("| all exits or the deepest | hot: ensemble.linear | hot: exits.4.linear | ", first.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder["whole"], "tiny", "differences-1.svg")));

        // 3 epochs of the 270 images that are not held out.
        Assert.All(rows, row => Assert.Equal("810", row["images_seen"]));
        foreach (var seed in new[] { 1, 2 })
        {
            var (plain, hot) = (RunOf("whole", "plain", seed), RunOf("whole", "hot", seed));
            Assert.Equal(SmallRun.Encoder(plain), SmallRun.Encoder(hot));
            Assert.Equal(
                File.ReadAllBytes(Path.Combine(plain, "clusters.safetensors")),
                File.ReadAllBytes(Path.Combine(hot, "clusters.safetensors")));
            Assert.NotEqual(SmallRun.Student(plain), SmallRun.Student(hot));
            using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(hot, "run.json")));
            Assert.False(record.RootElement.GetProperty("seconds").TryGetProperty("pretrain", out _));
            Assert.Equal(plain, record.RootElement.GetProperty("stages").GetProperty("pretrain").GetProperty("from").GetString());
            using var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(hot, "summary.json")));
            var difference =
                summary.RootElement.GetProperty("exits")[3]
                    .GetProperty("linear").GetDouble() - summary.RootElement.GetProperty("pretrain").GetProperty("linear").GetDouble();
            Assert.Equal(
                difference,
                double.Parse(
                    rows.Single(r => r["variant"] == "hot" && r["seed"] == $"{seed}")["exits.4.linear - pretrain.linear"],
                    System.Globalization.CultureInfo.InvariantCulture),
                1e-12);
            Assert.Equal("simclr", summary.RootElement.GetProperty("pretrain").GetProperty("method").GetString());
            Assert.Equal(10, summary.RootElement.GetProperty("cluster").GetProperty("k").GetInt32());

            // Neither is measured twice, what both have in common.
            Assert.Equal(plain, record.RootElement.GetProperty("stages").GetProperty("baselines").GetProperty("from").GetString());
            Assert.Equal(Baselines(plain), Baselines(hot));
        }

        Assert.NotEqual(SmallRun.Encoder(RunOf("whole", "plain", 1)), SmallRun.Encoder(RunOf("whole", "plain", 2)));
        Assert.All(rows, row =>
            Assert.Equal(
                row["variant"] == "hot",
                row["pretrain_from"].Length > 0 && row["cluster_from"].Length > 0 && row["seconds_pretrain"] == "0"));
        Assert.All(rows, row => Assert.Equal("", row["distill_from"]));

        // A run made alone is the same: what was shared changed nothing.
        Cli.Expect(
            0,
            _folder.Path,
            SmallRun.Arguments(
                _folder["alone"], "--seed", "2", "--set", "distill.loss.temperature=7", "--set", "evaluate.linear.max_iterations=5"))
            .Dispose();
        Assert.Equal(SmallRun.Student(_folder["alone"]), SmallRun.Student(RunOf("whole", "hot", 2)));
        Assert.Equal(Baselines(_folder["alone"]), Baselines(RunOf("whole", "hot", 2)));

        using var again = Cli.Expect(0, _folder.Path, "experiment", whole);
        Assert.DoesNotContain("run 1 of 4", again.Error, StringComparison.Ordinal);
        Assert.Equal(first.Out, again.Out);

        var killed = Write("killed");
        using (var process = Cli.Start(_folder.Path, "experiment", killed))
        {
            // In the middle of the second variant's distillation.
            Assert.True(
                process.Until(() => RunOf("killed", "hot", 1) is var run && Files(run, "distill-*.safetensors") > 0), process.Error);
            process.Kill();
        }

        Assert.Single(Rows("killed"));
        File.AppendAllText(Path.Combine(_folder["killed"], "tiny", "results.csv"), "hot,1,0.3");
        using var resumed = Cli.Expect(0, _folder.Path, "experiment", killed);
        Assert.DoesNotContain("run 1 of 4", resumed.Error, StringComparison.Ordinal);
        Assert.Contains("run 2 of 4", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(Timeless(rows), Timeless(Rows("killed")));
        Assert.Equal(Tables(first), Tables(resumed));

        // With the table gone, the rows come from the run directories.
        File.Delete(Path.Combine(_folder["whole"], "tiny", "results.csv"));
        using var reread = Cli.Expect(0, _folder.Path, "experiment", whole);
        Assert.Equal(Tables(first), Tables(reread));
        Assert.Equal(Timeless(rows), Timeless(Rows("whole")));
    }

    [Fact]
    public void Should_Take_A_Budgets_Steps_From_The_Run_It_Shares_With()
    {
        var file = Write(
            "budget",
            Json.Replace("\"pretrain.epochs=4\"", "\"budget=20s\"", StringComparison.Ordinal)
                .Replace("[1, 2]", "[1]", StringComparison.Ordinal));
        Cli.Expect(0, _folder.Path, "experiment", file).Dispose();
        Assert.Equal(SmallRun.Encoder(RunOf("budget", "plain", 1)), SmallRun.Encoder(RunOf("budget", "hot", 1)));
        Assert.NotEqual("", Rows("budget")[1]["pretrain_from"]);

        // More than the fewest there can be, so that two measurements would have differed.
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(RunOf("budget", "hot", 1), "run.json")));
        Assert.InRange(record.RootElement.GetProperty("steps").GetProperty("pretrain").GetInt64(), 11, long.MaxValue);
    }

    private string Write(string folder, string json = Json)
    {
        Directory.CreateDirectory(_folder[folder]);
        var path = Path.Combine(_folder[folder], "tiny.json");
        File.WriteAllText(path, json);
        return path;
    }

    private string RunOf(string folder, string variant, int seed)
    {
        var runs = Path.Combine(_folder[folder], "tiny", "runs");
        return Directory.Exists(runs) ? Directory.GetDirectories(runs, $"{variant}-seed{seed}-*").SingleOrDefault() ?? "" : "";
    }

    /// <summary>Figures of raw pixels, of the untrained and the trained encoder, and of the clusters.</summary>
    private static string Baselines(string run)
    {
        using var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "summary.json")));
        var root = summary.RootElement;
        return string.Join('\n', new[] { "raw_pixels", "untrained", "cluster" }.Select(part => root.GetProperty(part).ToString()))
            + string.Join(
                '\n', new[] { "knn", "linear", "accuracy" }.Select(figure => root.GetProperty("pretrain").GetProperty(figure).ToString()));
    }

    private static int Files(string run, string pattern)
    {
        var checkpoints = Path.Combine(run, "checkpoints");
        return run.Length > 0 && Directory.Exists(checkpoints) ? Directory.GetFiles(checkpoints, pattern).Length : 0;
    }

    private List<Dictionary<string, string>> Rows(string folder)
    {
        var results = Path.Combine(_folder[folder], "tiny", "results.csv");
        var records = Autodidact.Tables.CsvFormat.ReadFile(results, "").Select(r => r.Fields).ToList();
        return [.. records.Skip(1).Select(fields => records[0].Zip(fields).ToDictionary(p => p.First, p => p.Second))];
    }

    private static string Tables(ChildProcess process) => process.Out.Split("## Cost")[0];

    private static IEnumerable<string> Timeless(List<Dictionary<string, string>> rows) =>
        rows.Select(row => string.Join(
            '|',
            row.Where(f => f.Key != "time" && !f.Key.StartsWith("seconds_", StringComparison.Ordinal)).Select(f => $"{f.Key}={f.Value}")));
}
