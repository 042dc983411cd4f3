using System.Text.Json.Nodes;
using Autodidact.Evaluation;
using Autodidact.Export;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Options;
using Autodidact.Tests.Export;
using Autodidact.Tests.Serialization;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Inference;

/// <summary>A model of four exits that is exported once, loaded and asked in every way.</summary>
public sealed class EarlyExitModelTests : IDisposable
{
    private const int Side = SmallModel.Side;
    private const int Count = SmallModel.Count;
    private readonly ScratchFolder _scratch = new();
    private readonly MultiExitNetwork _network = SmallModel.Network();
    private readonly byte[] _pixels = SmallModel.Pixels();

    public void Dispose()
    {
        _network.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Should_Answer_At_A_Fixed_Exit_As_The_Network_Does()
    {
        using var model = Export();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var outputs = _network.forward(Views());
        for (var exit = 1; exit <= 4; exit++)
        {
            var expected = outputs.Logits[exit - 1].softmax(1);
            var answers = Ask(model, ExitPolicy.Fixed(exit));
            Assert.Equal(expected.argmax(1).data<long>().ToArray(), answers.Select(a => (long)a.Cluster));
            Assert.All(answers, a => Assert.Equal(exit, a.Exit));
            for (var i = 0; i < Count; i++)
            {
                Assert.Equal(expected[i].max().item<float>(), answers[i].Confidence, 1e-4f);
                var probabilities = expected[i].data<float>().ToArray();
                Assert.All(answers[i].Probabilities.Zip(probabilities), pair => Assert.Equal(pair.Second, pair.First, 1e-4f));
            }

            using var features = model.EmbedPixels(_pixels, exit, Token);
            Assert.True((tensor(features[7].ToArray()) - outputs.Features[exit - 1][7]).abs().max().item<float>() < 1e-4);
        }
    }

    [Fact]
    public void Should_Let_Sure_Images_Leave_The_Batch_Without_Changing_Any_Answer()
    {
        using var model = Export();
        var fixedAnswers = Enumerable.Range(1, 4).Select(exit => Ask(model, ExitPolicy.Fixed(exit))).ToArray();
        var threshold = fixedAnswers[0].Select(a => a.Confidence).Order().ElementAt(Count / 2);
        var early = Ask(model, ExitPolicy.Confidence(threshold));
        Assert.Contains(early, a => a.Exit == 1);
        Assert.Contains(early, a => a.Exit > 1);
        for (var i = 0; i < Count; i++)
        {
            var exit = Enumerable.Range(0, 3).FirstOrDefault(e => fixedAnswers[e][i].Confidence >= threshold, 3);
            Assert.Equal((exit + 1, fixedAnswers[exit][i].Cluster), (early[i].Exit, early[i].Cluster));

            // Alone or in a batch, through one graph or stage by stage.
            var pixels = _pixels.AsMemory(i * model.BytesPerImage, model.BytesPerImage);
            Assert.Equal(early[i].Cluster, Ask(model, ExitPolicy.Confidence(threshold), pixels)[0].Cluster);
        }

        Assert.Equal(early.Select(a => a.Macs).Order().Distinct().Count(), early.Select(a => a.Exit).Distinct().Count());
    }

    [Fact]
    public void Should_Obey_Each_Policy_At_Its_Ends()
    {
        using var model = Export();
        Assert.All(Ask(model, ExitPolicy.Confidence(0)), a => Assert.Equal(1, a.Exit));
        Assert.All(Ask(model, ExitPolicy.Entropy(1)), a => Assert.Equal(1, a.Exit));
        Assert.All(Ask(model, ExitPolicy.Entropy(0)), a => Assert.Equal(4, a.Exit));
        Assert.All(Ask(model), a => Assert.Equal(2, a.Exit));
        Assert.All(Ask(model, ExitPolicy.Budget(1_000_000)), a => Assert.Equal(1, a.Exit));
        Assert.All(Ask(model, ExitPolicy.PerExit([1.1, 1.1, 0, 0])), a => Assert.Equal(3, a.Exit));
        Assert.Equal(FailureKind.Usage, Assert.Throws<AutodidactException>(() => Ask(model, ExitPolicy.PerExit([0.5, 0.5]))).Kind);
        Assert.Equal(FailureKind.Usage, Assert.Throws<AutodidactException>(() => Ask(model, ExitPolicy.Budget(1))).Kind);
        Assert.Equal(FailureKind.Usage, Assert.Throws<AutodidactException>(() => Ask(model, ExitPolicy.Fixed(5))).Kind);
        Assert.Throws<ArgumentOutOfRangeException>(() => ExitPolicy.Confidence(1.5));
        Assert.Throws<ArgumentException>(() => Ask(model, null, _pixels.AsMemory(1)));
    }

    [Fact]
    public void Should_Answer_Many_Threads_At_Once()
    {
        using var model = Export();
        var expected = Ask(model, ExitPolicy.Confidence(0.5)).Select(a => (a.Cluster, a.Exit)).ToArray();
        Parallel.For(0, 16, _ => Assert.Equal(expected, Ask(model, ExitPolicy.Confidence(0.5)).Select(a => (a.Cluster, a.Exit))));
    }

    [Theory]
    [InlineData("{", "not a model")]
    [InlineData("null", "empty")]
    [InlineData("{\"schema\": 2}", "not a model")]
    public void Should_Refuse_A_Manifest_That_Is_None(string text, string says)
    {
        File.WriteAllText(_scratch["model.json"], text);
        var refused = Assert.Throws<AutodidactException>(() => EarlyExitModel.Load(Path.GetDirectoryName(_scratch["model.json"])!));
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("\"stage1.onnx\"", "\"../stage1.onnx\"", "not the name of a file")]
    [InlineData("\"clusters\": 5", "\"clusters\": -5", "impossible")]
    [InlineData("\"temperature\": 1", "\"temperature\": 0", "impossible")]
    [InlineData("\"side\": 16", "\"side\": 1000000", "side")]
    [InlineData("\"feature_size\": 64,\n  \"clusters\"", "\"feature_size\": 65,\n  \"clusters\"", "export the model again")]
    public void Should_Refuse_A_Manifest_That_Lies(string true_, string lie, string says)
    {
        Export().Dispose();
        var path = _scratch[Path.Combine("model", ModelManifest.FileName)];
        var manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        Assert.True(manifest.Remove("digest"));
        var text = manifest.ToJsonString(OptionJson.SerializerOptions);
        Assert.Contains(true_, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(true_, lie, StringComparison.Ordinal));
        var refused = Assert.Throws<AutodidactException>(() =>
        {
            using var model = EarlyExitModel.Load(_scratch["model"]);
            using var features = model.EmbedPixels(_pixels, cancellationToken: Token);
        });
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Should_Keep_An_Earlier_Export_Where_A_Check_Fails()
    {
        Export().Dispose();
        var before = File.ReadAllBytes(_scratch[Path.Combine("model", "exit-4.onnx")]);
        using (no_grad())
        {
            // A weight that is no number can never pass.
            _network.parameters().First().fill_(float.NaN);
        }

        var refused = Assert.Throws<AutodidactException>(() => Export());
        Assert.Equal(FailureKind.Training, refused.Kind);
        Assert.Equal(before, File.ReadAllBytes(_scratch[Path.Combine("model", "exit-4.onnx")]));
        Assert.Equal(["model"], Directory.GetDirectories(Path.GetDirectoryName(_scratch["model"])!).Select(Path.GetFileName));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IReadOnlyList<Prediction> Ask(EarlyExitModel model, ExitPolicy? policy = null, ReadOnlyMemory<byte>? pixels = null) =>
        model.PredictPixels(pixels ?? _pixels, policy, Token);

    private Tensor Views()
    {
        var plain = new PlainPixels(SmallModel.Images(_pixels), Side, PixelNormalization.Cifar10);
        var values = new float[Count * plain.ValuesPerView];
        plain.Write([.. Enumerable.Range(0, Count)], values);
        return tensor(values, Count, Side, Side, 3).permute(0, 3, 1, 2);
    }

    private EarlyExitModel Export() => SmallModel.Export(_network, SmallModel.Images(_pixels), _scratch["model"]);
}
