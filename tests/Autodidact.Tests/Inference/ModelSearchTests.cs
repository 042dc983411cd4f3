using Autodidact.Evaluation;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Tests.Export;
using Autodidact.Tests.Images;
using Autodidact.Tests.Serialization;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Inference;

/// <summary>Features of files by an exported model, indexes of them, and searches in these.</summary>
public sealed class ModelSearchTests : IDisposable
{
    private const int Side = 16;
    private const int Count = 12;
    private readonly ScratchFolder _scratch = new();
    private readonly MultiExitNetwork _network = SmallModel.Network(5);
    private readonly MultiExitNetwork _encoder = new(
        Autodidact.Models.Architecture.Parse("resnet10-w12-cifar-pool"), new MultiExitOptions { Outputs = 2 }, seed: 7);
    private readonly EarlyExitModel _model;
    private readonly string[] _files;

    public ModelSearchTests()
    {
        _model = SmallModel.Export(_network, SmallModel.Images(SmallModel.Pixels(8, Side), Side), _scratch["model"], _encoder.Backbone);
        _encoder.eval();
        _files = [.. Enumerable.Range(0, Count).Select(i => _scratch[$"{i:D2}.png"])];
        for (var i = 0; i < Count; i++)
        {
            File.WriteAllBytes(_files[i], TestImages.Png(20, 24, seed: i));
        }
    }

    public void Dispose()
    {
        _model.Dispose();
        _encoder.Dispose();
        _network.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Should_Give_The_Feature_Of_Each_Exit_And_Of_The_Encoder()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var pixels = _model.Decode(File.ReadAllBytes(_files[3]));
        var views = new float[Side * Side * 3];
        new PlainPixels(SmallModel.Images(pixels, Side), Side, PixelNormalization.Cifar10).Write([0], views);
        var input = tensor(views, 1, Side, Side, 3).permute(0, 3, 1, 2);
        var features = _network.forward(input).Features;
        for (var exit = 1; exit <= 4; exit++)
        {
            AssertNear(features[exit - 1], _model.Embed(_files[3], exit));
        }

        AssertNear(features[3], _model.Embed(_files[3]));
        AssertNear(_encoder.Backbone.forward(input), _model.Embed(_files[3], FeatureSource.Encoder));
        Assert.Equal(_encoder.Backbone.FeatureSize, _model.FeatureSizeOf(FeatureSource.Encoder));
        Assert.Equal(FailureKind.Usage, Assert.Throws<AutodidactException>(() => _model.Embed(_files[3], 5)).Kind);
    }

    [Fact]
    public async Task Should_Embed_Files_In_Their_Order_And_Skip_Broken_Ones_With_The_Reason()
    {
        File.WriteAllText(_scratch["broken.png"], "no picture");
        string[] paths = [_files[5], _scratch["broken.png"], _files[0], _scratch["absent.png"], .. _files];
        foreach (var batch in new[] { 1, 3, 64 })
        {
            var found = await _model.EmbedFilesAsync(paths, 2, batch, Token).ToListAsync(Token);
            Assert.Equal(paths, found.Select(f => f.Path));
            Assert.Equal([1, 3], Enumerable.Range(0, paths.Length).Where(i => found[i].Feature is null));
            Assert.All(found, f =>
                Assert.True(
                    f.Feature is null ? f.Problem!.Length > 0 && !f.Problem.Contains('\n', StringComparison.Ordinal) : f.Problem is null));
            foreach (var embedding in found.Where(f => f.Feature is not null))
            {
                Assert.All(_model.Embed(embedding.Path, 2).Zip(embedding.Feature!), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
            }
        }

        File.Delete(_scratch["broken.png"]);
        var below = await _model.EmbedFolderAsync(Path.GetDirectoryName(_files[0])!, cancellationToken: Token).ToListAsync(Token);
        Assert.Equal(_files, below.Select(f => f.Path));
    }

    [Fact]
    public async Task Should_Find_An_Image_Itself_First()
    {
        foreach (var source in new[] { FeatureSource.Deepest, 1, FeatureSource.Encoder })
        {
            using var index = await Index(source);
            for (var i = 0; i < Count; i++)
            {
                var hits = _model.Search(_files[i], index, 3);
                Assert.Equal((_files[i], i, 3), (hits[0].Key, hits[0].Row, hits.Count));
                Assert.Equal(1, hits[0].Similarity, 1e-6);
                Assert.True(hits[0].Similarity > hits[1].Similarity);
            }
        }
    }

    [Fact]
    public async Task Should_Know_Which_Features_An_Index_Holds()
    {
        using var second = await Index(2);
        Assert.Equal("2", second.Manifest!.Source);
        Assert.Equal(FeatureSource.AtExit(2), second.SourceOf(_model));
        Assert.Contains("exit 2, not of exit 4", Refused(() => second.SourceOf(_model, FeatureSource.Deepest)), StringComparison.Ordinal);
        Assert.Contains("not of the encoder", Refused(() => second.SourceOf(_model, FeatureSource.Encoder)), StringComparison.Ordinal);
        using var deepest = await Index(FeatureSource.Deepest);
        Assert.Equal(FeatureSource.AtExit(4), deepest.SourceOf(_model, FeatureSource.Deepest));
    }

    [Fact]
    public async Task Should_Refuse_An_Index_Of_Another_Model_And_Take_One_Of_The_Same_Exported_Again()
    {
        using var index = await Index(FeatureSource.Deepest);
        using (var again = SmallModel.Export(_network, SmallModel.Images(SmallModel.Pixels(8, Side), Side), _scratch["again"]))
        {
            Assert.Equal(_files[4], again.Search(_files[4], index)[0].Key);
        }

        using (no_grad())
        {
            // As another few steps of training would.
            foreach (var parameter in _network.parameters())
            {
                parameter.mul_(1.05f);
            }
        }

        using var other = SmallModel.Export(_network, SmallModel.Images(SmallModel.Pixels(8, Side), Side), _scratch["other"]);
        Assert.Contains("another model", Refused(() => other.Search(_files[4], index)), StringComparison.Ordinal);

        // An index that says nothing of its model can only be refused for its size.
        File.Delete(_scratch["i.index.json"]);
        using var silent = EmbeddingIndex.Open(_scratch["i.npy"]);
        Assert.Equal(FeatureSource.Deepest, silent.SourceOf(other));
        using (var narrow = Rows.Clustered(3, 7, 1))
        {
            Rows.Write(_scratch["n.npy"], narrow);
        }

        using var small = EmbeddingIndex.Open(_scratch["n.npy"]);
        Assert.Contains("7 values", Refused(() => _model.Search(_files[0], small)), StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void AssertNear(Tensor expected, float[] feature)
    {
        Assert.Equal(expected.numel(), feature.Length);
        Assert.True((expected.flatten() - tensor(feature)).abs().max().item<float>() < 1e-4);
    }

    private static string Refused(Action search)
    {
        var refused = Assert.Throws<AutodidactException>(search);
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.DoesNotContain('\n', refused.Message);
        return refused.Message;
    }

    private async Task<EmbeddingIndex> Index(FeatureSource source)
    {
        using (var writer = new EmbeddingIndexWriter(_scratch["i.npy"], _model, source))
        {
            await foreach (var file in _model.EmbedFilesAsync(_files, source, cancellationToken: Token))
            {
                writer.Append(file.Path, file.Feature);
            }

            writer.Complete();
        }

        return EmbeddingIndex.Open(_scratch["i.npy"]);
    }
}
