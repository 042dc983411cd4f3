using System.Globalization;
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
        foreach (var part in new[] { "train", "test" })
        {
            foreach (var name in new[] { "one", "two" })
            {
                PictureFolder.Make(Path.Combine(images, part, name), images: part == "train" ? 40 : 6, side: 20);
            }
        }

        Expect(
            0,
            "run", images, "--out", run, "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "4", "--holdout", "0.2",
            "--set", "pretrain.epochs=1", "--set", "pretrain.batch_size=16", "--set", "distill.epochs=3", "--set", "distill.batch_size=16");
        Assert.Contains("no " + ModelManifest.FileName, Expect(3, "predict", run, images).Error, StringComparison.Ordinal);
        Assert.Contains("early exit at confidence", Expect(0, "export", run, "--names", "labels").Out, StringComparison.Ordinal);
        Assert.Contains("already finished", Expect(0, "run", "--out", run).Error, StringComparison.Ordinal);

        // Every exit answers the evaluation images as it did when they were measured.
        var answers = NpyFile.Read<int>(Path.Combine(run, "predictions.npy")).Values;
        const int Columns = 5;
        for (var exit = 1; exit < Columns; exit++)
        {
            var rows = Csv(Expect(0, "predict", run, Path.Combine(images, "test"), "--exit", $"{exit}", "--format", "csv").Out);
            Assert.Equal(12, rows.Length);
            Assert.Equal([.. Enumerable.Range(0, 12).Select(i => answers[(i * Columns) + exit - 1])], rows.Select(r => int.Parse(r[1], CultureInfo.InvariantCulture)));
            Assert.All(rows, r => Assert.Contains(r[2], new[] { "one", "two" }));
        }

        // A file that is no picture costs its own line, and the exit status says so.
        var broken = _folder["broken.png"];
        File.WriteAllText(broken, "not a picture");
        var mixed = Expect(3, "predict", Path.Combine(run, "model"), Path.Combine(images, "test", "one", "000.bmp"), broken, "--confidence", "0");
        Assert.Contains("exit 1", mixed.Out, StringComparison.Ordinal);
        Assert.Contains("broken.png", mixed.Out, StringComparison.Ordinal);

        Expect(2, "predict", run, images, "--exit", "9");
        Expect(2, "predict", run, images, "--confidence", "2");
        Expect(2, "predict", run, images, "--confidence", "0.5", "--exit", "1");
    }

    private static string[][] Csv(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Skip(1).Select(line => line.Split(','))];

    private (string Out, string Error) Expect(int status, params string[] arguments)
    {
        using var cli = Cli.Expect(status, _folder.Path, arguments);
        return (cli.Out, cli.Error);
    }
}
