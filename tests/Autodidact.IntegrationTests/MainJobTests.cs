using System.Text.Json;
using System.Text.Json.Nodes;
using Autodidact.Tests;
using Autodidact.Tests.Runs;

namespace Autodidact.IntegrationTests;

public sealed class MainJobTests : IDisposable
{
    private static readonly string[] Artefacts =
    [
        "run.json", "summary.json", "metrics.jsonl", "skipped.csv", "encoder.safetensors", "features.npy", "clusters.safetensors",
        "pseudo-labels.csv",
        "student.safetensors", "predictions.npy", "report.html",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Train_Measure_And_Then_Have_Nothing_Left_To_Do()
    {
        var run = _folder["run"];
        using var first = Cli.Expect(0, _folder.Path, SmallRun.Arguments(run));
        Assert.All(Artefacts, name => Assert.True(new FileInfo(Path.Combine(run, name)).Length > 0, name));
        Assert.Contains("exit 4", first.Out, StringComparison.Ordinal);
        Assert.Contains("ensemble", first.Out, StringComparison.Ordinal);

        var student = SmallRun.Student(run);
        using var again = Cli.Expect(0, _folder.Path, SmallRun.Arguments(run));
        Assert.Contains("already finished", again.Error, StringComparison.Ordinal);
        Assert.Equal(student, SmallRun.Student(run));

        using var changed = Cli.Expect(2, _folder.Path, SmallRun.Arguments(run, "--set", "pretrain.epochs=5"));
        Assert.Contains("pretrain.epochs: 4 -> 5", changed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Print_The_Summary_Alone_As_Json_With_The_Contracts_Keys()
    {
        using var cli = Cli.Expect(0, _folder.Path, SmallRun.Arguments(_folder["run"], "--json"));
        var schema = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "summary.schema.json"));
        Assert.Empty(SchemaCheck.Problems(JsonNode.Parse(schema)!, JsonNode.Parse(cli.Out)));
        using var json = JsonDocument.Parse(cli.Out);
        var root = json.RootElement;
        Assert.Equal(1, root.GetProperty("schema").GetInt32());
        Assert.Equal(270, root.GetProperty("data").GetProperty("train_images").GetInt32());
        Assert.Equal(30, root.GetProperty("data").GetProperty("holdout_images").GetInt32());
        Assert.True(root.GetProperty("data").GetProperty("labelled").GetBoolean());
        (string Part, string Key)[] measured =
        [
            ("raw_pixels", "knn"), ("raw_pixels", "accuracy"), ("untrained", "linear"), ("pretrain", "knn"), ("pretrain", "deviation"),
            ("pretrain", "effective_rank"), ("pretrain", "uniformity"), ("pretrain", "alignment"), ("cluster", "nmi"),
            ("distill", "seconds"),
        ];
        foreach (var (part, key) in measured)
        {
            Assert.True(root.GetProperty(part).TryGetProperty(key, out _), $"{part}.{key}");
        }

        var exits = root.GetProperty("exits").EnumerateArray().ToArray();
        Assert.Equal(["1", "2", "3", "4", "ensemble"], exits.Select(e => e.GetProperty("exit").GetString()));
        foreach (var exit in exits)
        {
            string[] scores =
            [
                "parameters", "macs", "images_per_second", "knn", "linear", "agreement", "nmi", "ari", "accuracy", "kmeans_accuracy",
                "purity",
            ];
            foreach (var key in scores)
            {
                Assert.True(exit.TryGetProperty(key, out _), key);
            }
        }

        Assert.Equal(1, exits[3].GetProperty("agreement").GetDouble());
        if (OperatingSystem.IsLinux())
        {
            Assert.InRange(
                root.GetProperty("pretrain").GetProperty("peak_memory_mb").GetDouble(), 50, root.GetProperty("peak_memory_mb").GetDouble());
        }
        Assert.Equal(File.ReadAllText(Path.Combine(_folder["run"], "summary.json")).Trim(), cli.Out.Trim());
    }

    [Fact]
    public void Should_Train_The_Same_Weights_Whatever_The_Labels_Say()
    {
        var images = Path.Combine(_folder.Path, "images");
        PictureFolder.Make(images, images: 80, side: 32);
        foreach (var run in new[] { "a", "b" })
        {
            var csv = _folder[$"{run}.csv"];
            File.WriteAllLines(
                csv,
                [
                    "key,label",
                    .. Directory.GetFiles(images).Order(StringComparer.Ordinal).Select((f, i) =>
                        $"{Path.GetFileName(f)},{(run == "a" ? i % 2 : i / 40)}"),
                ]);
            Cli.Expect(
                0,
                _folder.Path,
                "run", images, "--out", _folder[run], "--labels", csv, "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "4",
                "--set", "pretrain.epochs=2", "--set", "pretrain.batch_size=16", "--set", "distill.epochs=2",
                "--set", "distill.batch_size=16").Dispose();
        }

        Assert.Equal(SmallRun.Encoder(_folder["a"]), SmallRun.Encoder(_folder["b"]));
        Assert.Equal(SmallRun.Student(_folder["a"]), SmallRun.Student(_folder["b"]));
        Assert.NotEqual(
            File.ReadAllText(Path.Combine(_folder["a"], "summary.json")), File.ReadAllText(Path.Combine(_folder["b"], "summary.json")));
    }

    [Fact]
    public void Should_Run_On_A_Flat_Folder_And_Quarantine_What_Is_Broken()
    {
        var images = Path.Combine(_folder.Path, "pictures");
        PictureFolder.Make(images, images: 60, side: 32);
        File.WriteAllText(Path.Combine(images, "broken.png"), "not a picture");
        using var cli = Cli.Expect(
            0,
            _folder.Path,
            "run", images, "--out", _folder["run"], "--json", "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "4",
            "--holdout", "0.2",
            "--set", "pretrain.epochs=1", "--set", "pretrain.batch_size=16", "--set", "distill.epochs=1", "--set", "distill.batch_size=16");
        Assert.Contains("broken.png", File.ReadAllText(Path.Combine(_folder["run"], "skipped.csv")), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(cli.Out);
        Assert.False(json.RootElement.GetProperty("data").GetProperty("labelled").GetBoolean());
        Assert.False(json.RootElement.TryGetProperty("raw_pixels", out _));
        var exit = json.RootElement.GetProperty("exits")[0];
        Assert.True(exit.TryGetProperty("agreement", out _));
        Assert.False(exit.TryGetProperty("knn", out _));
    }

    [Fact]
    public void Should_Skip_Pretraining_Where_An_Encoder_Is_Given_And_Train_Stage_By_Stage()
    {
        Cli.Expect(0, _folder.Path, SmallRun.Arguments(_folder["first"])).Dispose();
        using var second = Cli.Expect(
            0, _folder.Path, SmallRun.Arguments(
                _folder["second"],
                "--encoder",
                Path.Combine(_folder["first"], "encoder.safetensors"),
                "--student-arch",
                "resnet10-w16-cifar-pool"));
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["second"], "summary.json")));
        Assert.Equal("file", json.RootElement.GetProperty("pretrain").GetProperty("method").GetString());
        Assert.Equal("resnet10-w16-cifar-pool", json.RootElement.GetProperty("distill").GetProperty("arch").GetString());

        using var evaluated = Cli.Expect(0, _folder.Path, "evaluate", _folder["second"]);
        Assert.Contains("exit 4", evaluated.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "no-such-option", "run", "--no-such-option")]
    [InlineData(2, "pretrain.epochs", "run", "--set", "pretrain.epoch=3")]
    [InlineData(2, "cpu-small", "run", "--preset", "huge")]
    [InlineData(2, "simclr", "run", "--pretrain-method", "magic")]
    [InlineData(2, "resnet", "run", "--encoder-arch", "vgg")]
    [InlineData(3, "no/such/folder", "run", "no/such/folder")]
    [InlineData(3, "no/such/encoder", "run", "--encoder", "no/such/encoder")]
    [InlineData(3, "no/run/here", "evaluate", "no/run/here")]
    public void Should_Say_In_One_Line_What_Is_Wrong(int status, string mentions, params string[] arguments)
    {
        using var cli = Cli.Expect(status, _folder.Path, arguments);
        var lines = cli.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(l => l.StartsWith("autodidact:", StringComparison.Ordinal))
            .ToArray();
        Assert.Single(lines);
        Assert.Contains(mentions, lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", cli.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path, "run.json", SearchOption.AllDirectories));
    }

    [Fact]
    public void Should_Stop_With_Status_4_Where_Training_Diverges()
    {
        using var cli = Cli.Expect(
            4,
            _folder.Path,
            SmallRun.Arguments(
                _folder["run"], "--set", "pretrain.optimizer.learning_rate=1000", "--set", "pretrain.optimizer.warmup_fraction=0"));
        Assert.Contains("learning rate", cli.Error, StringComparison.Ordinal);
    }
}
