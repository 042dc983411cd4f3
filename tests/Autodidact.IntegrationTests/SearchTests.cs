using System.Text.Json;
using Autodidact.Evaluation;
using Autodidact.Export;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Views;

namespace Autodidact.IntegrationTests;

/// <summary>An index made by one process and searched by others.</summary>
public sealed class SearchTests : IDisposable
{
    private const int Count = 30;
    private const int Side = 20;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Embed_Pictures_And_Find_Them_Again()
    {
        var (images, model, index) = (_folder["images"], _folder["model"], _folder["all.npy"]);
        PictureFolder.Make(images, Count, Side);
        File.WriteAllText(Path.Combine(images, "broken.png"), "no picture");
        Export(model);

        // A broken file is named, costs only itself, and shows in the exit status.
        var (output, error) = Expect(3, "embed", model, images, "--out", index, "--batch", "7");
        Assert.Contains($"{Count} images", output, StringComparison.Ordinal);
        Assert.Contains("broken.png", error, StringComparison.Ordinal);
        File.Delete(Path.Combine(images, "broken.png"));
        using (var opened = EmbeddingIndex.Open(index))
        using (var loaded = EarlyExitModel.Load(model))
        {
            Assert.Equal(Count, opened.Count);
            for (var row = 0; row < Count; row++)
            {
                Assert.Equal(Path.Combine(images, $"{row:D3}.bmp"), opened.Key(row));
                Assert.All(loaded.Embed(opened.Key(row)).Zip(opened[row].ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
            }
        }

        var seventh = Path.Combine(images, "007.bmp");
        using (var hit = JsonDocument.Parse(Expect(0, "search", model, index, seventh, "--count", "1", "--format", "json").Out))
        {
            Assert.Equal(seventh, hit.RootElement.GetProperty("hits")[0].GetProperty("key").GetString());
            Assert.Equal(7, hit.RootElement.GetProperty("hits")[0].GetProperty("row").GetInt32());
        }

        // By its key, in a table, and with an inverted file; a whole folder at once.
        Assert.Equal(
            $"{seventh}\n     1   1.0000  {seventh}",
            Expect(0, "search", model, index, "--key", seventh, "--count", "1").Out.ReplaceLineEndings("\n").TrimEnd());
        Assert.Contains("exists", Expect(2, "embed", model, images, "--out", index).Error, StringComparison.Ordinal);
        Expect(0, "embed", model, images, "--out", index, "--exit", "2", "--index", "always", "--force");
        using (var opened = EmbeddingIndex.Open(index))
        {
            Assert.Equal(("2", 11), (opened.Manifest!.Source, opened.InvertedFile!.Lists));
        }

        var rows = Expect(0, "search", model, index, images, "--count", "3", "--format", "csv", "--probes", "1").Out.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(1 + (Count * 3), rows.Length);
        Assert.All(rows.Skip(1).Where(r => r.Split(',')[1] == "1"), r => Assert.Equal(r.Split(',')[0], r.Split(',')[4]));

        // Keys are as given on the command line, so that an index made here serves elsewhere.
        Expect(0, "embed", model, "images/", "--out", "relative.npy");
        Assert.Equal(
            "images/007.bmp\n     1   1.0000  images/007.bmp",
            Expect(0, "search", model, "relative.npy", "--key", "images/007.bmp", "--count", "1").Out.ReplaceLineEndings("\n").TrimEnd());

        // The same path may be spelled otherwise, and near keys are named where there is no such path.
        foreach (var spelling in new[] { "./images/007.bmp", "images\\007.bmp", "images//007.bmp", seventh })
        {
            var found = Expect(0, "search", model, "relative.npy", "--key", spelling, "--count", "1", "--format", "csv").Out;
            Assert.EndsWith(",1,1,7,images/007.bmp,", found.TrimEnd(), StringComparison.Ordinal);
        }

        var near = Expect(3, "search", model, "relative.npy", "--key", "elsewhere/007.bmp").Error;
        Assert.Contains("near it are 'images/007.bmp'", near, StringComparison.Ordinal);

        // A query that does not fit the index is refused in a line.
        Assert.Contains("exit 2, not of exit 1", Expect(2, "search", model, index, seventh, "--exit", "1").Error, StringComparison.Ordinal);
        Assert.Contains(
            "no image with the key", Expect(3, "search", model, index, "--key", "elsewhere.png").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Leave_Nothing_Behind_When_Interrupted()
    {
        var (images, model, index) = (_folder["images"], _folder["model"], _folder["out/all.npy"]);
        PictureFolder.Make(images, 4000, Side);
        Export(model);
        using var cli = Cli.Start(_folder.Path, "embed", model, images, "--out", index, "--batch", "1");
        Assert.True(cli.Until(() => Directory.Exists(_folder["out"]) && Directory.GetFiles(_folder["out"]).Length > 0), cli.Error);
        cli.Interrupt();
        cli.Wait();
        Assert.Equal(130, cli.ExitCode);
        Assert.Contains("was not written", cli.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder["out"]));
    }

    private static void Export(string folder)
    {
        TorchRuntime.Initialize();
        using var network = new MultiExitNetwork(
            Architecture.Parse("resnet10-w8-cifar-pool"), new MultiExitOptions { Outputs = 4 }, seed: 5);
        network.eval();
        var pixels = new byte[2 * Side * Side * 3];
        Array.Fill(pixels, (byte)99, 0, pixels.Length / 2);
        ModelExporter.Export(
            new ExportSource
            {
                Student = network,
                StudentInput = new GraphInput(Side, Side, PixelNormalization.Cifar10, Inside: true),
                Images = new InMemoryImages(pixels, Side, Side, ["0", "1"]),
                Samples = [0, 1],
                Manifest = new ModelManifest
                {
                    Architecture = "resnet10-w8-cifar-pool",
                    Precision = "float32",
                    Input = new ManifestInput(Side, Side, [0, 0, 0], [1, 1, 1], null),
                    FeatureSize = network.FeatureSize,
                    Clusters = 4,
                    Exits =
                    [
                        .. Enumerable.Range(0, 4).Select(exit => new ManifestExit
                        {
                            Exit = exit + 1,
                            StageFile = ModelExporter.StageFile(exit),
                            ModelFile = ModelExporter.ModelFile(exit),
                            Parameters = 1,
                            Macs = 1,
                            BranchMacs = 1,
                        }),
                    ],
                },
            },
            folder);
    }

    private (string Out, string Error) Expect(int status, params string[] arguments)
    {
        using var cli = Cli.Expect(status, _folder.Path, arguments);
        return (cli.Out, cli.Error);
    }
}
