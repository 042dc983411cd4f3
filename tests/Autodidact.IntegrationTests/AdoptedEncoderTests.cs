using System.Text.Json;
using Autodidact.Export;
using Autodidact.Export.Onnx;
using Autodidact.Models;
using Autodidact.Serialization;
using Google.Protobuf;

namespace Autodidact.IntegrationTests;

/// <summary>Stage one taken from elsewhere: an ONNX graph, or features that somebody else computed.</summary>
public sealed class AdoptedEncoderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>No file is given: the graph is fitted from the run's own images, and serves as one that was.</summary>
    [Fact]
    public void Should_Run_On_An_Encoder_That_Is_Fitted_Without_Gradients()
    {
        var run = _folder["run"];
        string[] method =
        [
            "--pretrain-method",
            "patch-kmeans",
            "--set",
            "pretrain.patch_kmeans.dictionary=16",
            "--set",
            "pretrain.patch_kmeans.patches=2000",
        ];
        var first = Expect(0, SmallRun.ArgumentsWithoutPretraining(run, method));
        Assert.Contains("patch-kmeans, patches-6px-k16", first.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("has no epochs", first.Error, StringComparison.Ordinal);
        var encoder = Summary(run).GetProperty("pretrain");
        Assert.Equal((16 + 108 + 1) * 108, encoder.GetProperty("parameters").GetInt64());
        Assert.True(encoder.GetProperty("macs").GetInt64() > 1_000_000);
        Assert.True(encoder.GetProperty("linear").GetDouble() > 0.1);
        using (var features = NpyFile.ReadMatrix(Path.Combine(run, "features.npy"))) Assert.Equal(64, features.Columns);
        Assert.Contains("already finished", Expect(0, SmallRun.ArgumentsWithoutPretraining(run, method)).Error, StringComparison.Ordinal);

        var again = _folder["again"];
        Expect(0, SmallRun.ArgumentsWithoutPretraining(again, method));
        Assert.Equal(File.ReadAllBytes(Path.Combine(run, "encoder.onnx")), File.ReadAllBytes(Path.Combine(again, "encoder.onnx")));
        Expect(2, SmallRun.ArgumentsWithoutPretraining(_folder["kd"], [.. method, "--distill-method", "kd"]));
        Expect(2, SmallRun.ArgumentsWithoutPretraining(_folder["start"], [.. method, "--set", "distill.from_encoder=true"]));

        // Epochs may be those of a comparison of methods: it goes on, and says so.
        var epochs = Expect(
            0, ["pretrain", .. SmallRun.ArgumentsWithoutPretraining(_folder["epochs"], [.. method, "--set", "pretrain.epochs=20"])[2..]]);
        Assert.Contains("pretrain.epochs=20: patch-kmeans has no epochs", epochs.Error, StringComparison.Ordinal);
        Expect(2, SmallRun.ArgumentsWithoutPretraining(_folder["patch"], [.. method, "--set", "pretrain.patch_kmeans.patch_size=32"]));
    }

    [Fact]
    public void Should_Run_On_Another_Makers_Encoder_And_On_Ready_Features()
    {
        var (images, own) = (_folder["images"], _folder["own"]);
        foreach (var part in new[] { "train", "test" })
        {
            foreach (var name in new[] { "one", "two" })
            {
                PictureFolder.Make(Path.Combine(images, part, name), images: part == "train" ? 40 : 6, side: 20);
            }
        }

        string[] small =
        [
            "--encoder-arch", "resnet10-w8-cifar-pool", "--clusters", "4", "--holdout", "0.2",
            "--set", "pretrain.epochs=1", "--set", "pretrain.batch_size=16", "--set", "distill.epochs=2", "--set", "distill.batch_size=16",
            "--set", "export.measure_seconds=0",
        ];
        Expect(0, ["run", images, "--out", own, .. small]);
        Expect(0, "export", own);
        var features = Path.Combine(own, "features.npy");

        // Our encoder, as a graph like any other, sees the same in the same images.
        var byGraph = _folder["by-graph"];
        Expect(0, ["run", images, "--out", byGraph, "--encoder", Path.Combine(own, "model", "encoder.onnx"), .. small]);
        using (var expected = NpyFile.ReadMatrix(features))
        using (var actual = NpyFile.ReadMatrix(Path.Combine(byGraph, "features.npy")))
        {
            Assert.Equal((expected.Rows, expected.Columns), (actual.Rows, actual.Columns));
            for (var row = 0; row < expected.Rows; row++)
            {
                Assert.Equal(expected[row].ToArray(), actual[row].ToArray(), (a, b) => Math.Abs(a - b) < 1e-4);
            }
        }

        var summary = Summary(byGraph);
        Assert.Equal("onnx", summary.GetProperty("pretrain").GetProperty("method").GetString());
        Assert.Equal(
            Summary(own).GetProperty("pretrain").GetProperty("knn").GetDouble(),
            summary.GetProperty("pretrain").GetProperty("knn").GetDouble());
        Assert.False(File.Exists(Path.Combine(byGraph, "encoder.safetensors")));
        Expect(0, "export", byGraph);
        Assert.False(File.Exists(Path.Combine(byGraph, "model", "encoder.onnx")));
        Assert.Contains(
            "exit 2",
            Expect(0, "predict", byGraph, Path.Combine(images, "test", "one", "000.bmp"), "--exit", "2").Out,
            StringComparison.Ordinal);

        AssertBlueFirst(images, own, small);

        // The same features, without what made them: the same clusters.
        var byFeatures = _folder["by-features"];
        File.Copy(features, _folder["f.npy"]);
        Expect(0, ["run", images, "--out", byFeatures, "--features", _folder["f.npy"], .. small]);
        Assert.Equal(
            File.ReadAllText(Path.Combine(own, "pseudo-labels.csv")), File.ReadAllText(Path.Combine(byFeatures, "pseudo-labels.csv")));
        summary = Summary(byFeatures);
        Assert.False(summary.GetProperty("pretrain").TryGetProperty("knn", out _));
        Assert.True(summary.GetProperty("exits")[3].TryGetProperty("knn", out _));

        // The run has its own copy.
        File.Delete(_folder["f.npy"]);
        Assert.Contains("already finished", Expect(0, "run", "--out", byFeatures).Error, StringComparison.Ordinal);
        Expect(0, "export", byFeatures);

        foreach (var (arguments, says) in new (string[], string)[]
        {
            (["--features", _folder["absent.npy"]], "no such file"),
            (["--features", features, "--eval-features", features], "80 rows for 12 images"),
            (["--encoder", Path.Combine(own, "model", "stage2.onnx")], "stage2.onnx"),
        })
        {
            var error = Expect(3, ["run", images, "--out", _folder["refused"], .. arguments, .. small]).Error;
            Assert.Contains(says, error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        }
    }

    /// <summary>
    /// Encoders that want blue first, and the option that says so: a graph gives the same features, a network becomes the same network.
    /// </summary>
    private void AssertBlueFirst(string images, string own, string[] small)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(own, "model", "encoder.onnx")));
        File.WriteAllBytes(_folder["bgr.onnx"], ReversedChannels.Before(model, model.Graph.Input[0].Name, axis: 3).ToByteArray());
        var byGraph = _folder["bgr-graph"];
        string[] blueFirst = ["--set", "pretrain.encoder_channels=bgr"];
        Expect(0, ["pretrain", byGraph, images, "--encoder", _folder["bgr.onnx"], .. small, .. blueFirst]);
        Expect(0, "cluster", byGraph);
        using var expected = NpyFile.ReadMatrix(Path.Combine(own, "features.npy"));
        using var actual = NpyFile.ReadMatrix(Path.Combine(byGraph, "features.npy"));
        Assert.Equal(expected.Rows, actual.Rows);
        for (var row = 0; row < expected.Rows; row++)
        {
            Assert.Equal(expected[row].ToArray(), actual[row].ToArray(), (a, b) => Math.Abs(a - b) < 1e-4);
        }

        var encoder = Path.Combine(own, "encoder.safetensors");
        var metadata = EncoderFile.Describe(encoder).Metadata.ToDictionary();
        using (var network = Architecture.Parse(metadata[EncoderFile.ArchitectureKey]).Create(seed: 0))
        {
            EncoderFile.Load(network, encoder);
            InputChannels.Reverse(network);
            ModuleStore.Save(network, _folder["bgr.safetensors"], metadata);
        }

        Assert.NotEqual(File.ReadAllBytes(encoder), File.ReadAllBytes(_folder["bgr.safetensors"]));
        var byNetwork = _folder["bgr-network"];
        Expect(0, ["pretrain", byNetwork, images, "--encoder", _folder["bgr.safetensors"], .. small, .. blueFirst]);
        Assert.Equal(File.ReadAllBytes(encoder), File.ReadAllBytes(Path.Combine(byNetwork, "encoder.safetensors")));
    }

    private static JsonElement Summary(string run) => JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "summary.json"))).RootElement;

    private (string Out, string Error) Expect(int status, params string[] arguments)
    {
        using var cli = Cli.Expect(status, _folder.Path, arguments);
        return (cli.Out, cli.Error);
    }
}
