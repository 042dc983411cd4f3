using System.Globalization;
using System.Text.Json.Nodes;
using Autodidact.Inference;
using Autodidact.Serialization;

namespace Autodidact.IntegrationTests;

/// <summary>Train, export, and predict in another process.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Ship_What_Was_Trained()
    {
        var (images, run) = (_folder["images"], _folder["run"]);
        Pictures(images);
        Expect(
            0,
            "run", images, "--out", run, "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "4", "--holdout", "0.2",
            "--set", "pretrain.epochs=1", "--set", "pretrain.batch_size=16", "--set", "distill.epochs=3", "--set", "distill.batch_size=16");

        // Asked before it was exported, a finished run exports itself: once, and an answer follows.
        var first = Expect(0, "predict", run, Path.Combine(images, "test"));
        Assert.Contains("has no exported model yet: making it now", first.Error, StringComparison.Ordinal);
        Assert.Equal(
            12,
            first.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Count(line => line.Contains(": cluster ", StringComparison.Ordinal)));
        Assert.Empty(Expect(0, "predict", run, Path.Combine(images, "test")).Error.Trim());
        Assert.Contains("with early exits: ", Expect(0, "export", run, "--names", "labels").Out, StringComparison.Ordinal);
        Assert.Contains("already finished", Expect(0, "run", "--out", run).Error, StringComparison.Ordinal);

        // A command that fails changes nothing: the next one exports as before.
        Assert.Contains(_folder["absent.csv"], Expect(3, "export", run, "--names", "absent.csv").Error, StringComparison.Ordinal);
        Expect(0, "export", run);
        Assert.Contains(
            "export can change only export.* of a run that exists, not threads: ",
            Expect(2, "export", run, "--set", "threads=1").Error,
            StringComparison.Ordinal);

        var rows = AssertAnswersAsMeasured(run, images);
        Assert.All(rows, r => Assert.Contains(r[2], new[] { "one", "two" }));

        // A file that is no picture costs its own line, and the exit status says so.
        var broken = _folder["broken.png"];
        File.WriteAllText(broken, "not a picture");
        var mixed = Expect(
            3, "predict", Path.Combine(run, "model"), Path.Combine(images, "test", "one", "000.bmp"), broken, "--confidence", "0");
        Assert.Contains("exit 1", mixed.Out, StringComparison.Ordinal);
        Assert.Contains("broken.png", mixed.Out, StringComparison.Ordinal);

        Expect(2, "predict", run, images, "--exit", "9");
        Expect(2, "predict", run, images, "--confidence", "2");
        Expect(2, "predict", run, images, "--confidence", "0.5", "--exit", "1");
        Directory.CreateDirectory(_folder["empty"]);
        Assert.Equal("autodidact: empty: the folder holds no images: name another", Expect(3, "predict", run, "empty").Error.Trim());

        // A run whose student is not there yet says how to go on.
        var unfinished = _folder["unfinished"];
        Expect(0, SmallRun.Arguments(unfinished, "--set", "pretrain.epochs=1", "--set", "distill.epochs=1"));
        Forget(unfinished, "evaluate");
        Assert.Contains(
            "go on with autodidact run --out unfinished", Expect(3, "predict", "unfinished", images).Error, StringComparison.Ordinal);
    }

    /// <summary>
    /// Under a budget, whose first timing runs the feature passes too; names come from what the student answers, which are not the run's
    /// clusters.
    /// </summary>
    [Fact]
    public void Should_Ship_A_Student_That_Makes_Clusters_Of_Its_Own()
    {
        var (images, run) = (_folder["images"], _folder["run"]);
        Pictures(images);
        Expect(
            0,
            "run", images, "--out", run, "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "4", "--holdout", "0.2",
            "--distill-method", "alternating", "--budget", "8s",
            "--set", "pretrain.batch_size=16", "--set", "distill.batch_size=16");
        Expect(0, "export", run, "--names", "labels", "--set", "export.measure_seconds=0");
        var rows = AssertAnswersAsMeasured(run, images);
        Assert.All(rows, r => Assert.Contains(r[2], new[] { "one", "two" }));
        Assert.False(ModelManifest.Load(Path.Combine(run, "model")).Provenance.ContainsKey("labels"));
    }

    /// <summary>Every depth, every stem.</summary>
    [Theory]
    [InlineData("resnet10-w8")]
    [InlineData("resnet10-w8-cifar-stride")]
    [InlineData("resnet18-w8-cifar")]
    [InlineData("resnet34-w8-cifar-pool")]
    [InlineData("resnet50-w8")]
    [InlineData("resnet101-w8-cifar-pool")]
    public void Should_Answer_In_Another_Process_As_Measured_Whatever_The_Architecture(string architecture)
    {
        var (images, run) = (_folder["images"], _folder["run"]);
        Pictures(images);
        Expect(
            0,
            "run", images, "--out", run, "--encoder-arch", architecture, "--clusters", "4", "--holdout", "0.2",
            "--set", "pretrain.epochs=1", "--set", "pretrain.batch_size=16", "--set", "distill.epochs=1", "--set", "distill.batch_size=16",
            "--set", "pretrain.optimizer.learning_rate=0.01", "--set", "distill.optimizer.learning_rate=0.01");
        Expect(0, "export", run, "--int8", "--set", "export.measure_seconds=0", "--set", "export.int8_agreement=0");
        AssertAnswersAsMeasured(run, images);

        // In 8 bits the answers may differ; their form may not.
        var rows = Csv(Expect(0, "predict", Path.Combine(run, "model", "int8"), Path.Combine(images, "test"), "--format", "csv").Out);
        Assert.Equal(12, rows.Length);
        Assert.All(rows, row => Assert.InRange(int.Parse(row[1], CultureInfo.InvariantCulture), 0, 3));
    }

    [Fact]
    public void Should_Keep_The_Earlier_Export_Where_Eight_Bits_Change_Too_Much()
    {
        var run = _folder["run"];
        Expect(0, SmallRun.Arguments(run, "--set", "data.holdout=0.4", "--set", "pretrain.epochs=1", "--set", "distill.epochs=1"));
        Expect(0, "export", run);
        var manifest = Path.Combine(run, "model", ModelManifest.FileName);
        var before = File.ReadAllText(manifest);
        var speeds = ModelManifest.Load(Path.Combine(run, "model")).Exits.Select(e => e.ImagesPerSecond);
        Assert.All(speeds, speed => Assert.True(speed > 0));

        // Ranges of a single image, and all the answers of a hundred others asked for: too much for 8 bits.
        Assert.Contains(
            "int8: exit",
            Expect(
                4, "export", run, "--int8", "--set", "export.calibration_images=1", "--set", "export.int8_agreement=1",
                "--set", "export.preprocessing=false").Error,
            StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(manifest));
        Assert.False(Directory.Exists(Path.Combine(run, "model", "int8")));
    }

    private static void Pictures(string folder)
    {
        foreach (var part in new[] { "train", "test" })
        {
            foreach (var name in new[] { "one", "two" })
            {
                PictureFolder.Make(Path.Combine(folder, part, name), images: part == "train" ? 40 : 6, side: 20);
            }
        }
    }

    /// <summary>Every exit answers the evaluation images as it did when they were measured; the rows of the last.</summary>
    private string[][] AssertAnswersAsMeasured(string run, string images)
    {
        var answers = NpyFile.Read<int>(Path.Combine(run, "predictions.npy")).Values;
        const int Columns = 5;
        string[][] rows = [];
        for (var exit = 1; exit < Columns; exit++)
        {
            rows = Csv(Expect(0, "predict", run, Path.Combine(images, "test"), "--exit", $"{exit}", "--format", "csv").Out);
            Assert.Equal(12, rows.Length);
            Assert.Equal(
                [.. Enumerable.Range(0, 12).Select(i => answers[(i * Columns) + exit - 1])],
                rows.Select(r => int.Parse(r[1], CultureInfo.InvariantCulture)));
        }

        return rows;
    }

    /// <summary>Takes a finished stage out of a run's record, as if the run had been stopped before it.</summary>
    private static void Forget(string run, string stage)
    {
        var path = Path.Combine(run, "run.json");
        var record = JsonNode.Parse(File.ReadAllText(path))!;
        Assert.True(record["stages"]!.AsObject().Remove(stage));
        File.WriteAllText(path, record.ToJsonString());
    }

    private static string[][] Csv(string text) =>
        [
            .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Select(line =>
                line.Split(',')),
        ];

    private (string Out, string Error) Expect(int status, params string[] arguments)
    {
        using var cli = Cli.Expect(status, _folder.Path, arguments);
        return (cli.Out, cli.Error);
    }
}
