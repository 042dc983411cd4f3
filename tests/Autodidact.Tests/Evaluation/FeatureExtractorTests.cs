using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Numerics;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Evaluation;

public sealed class FeatureExtractorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly float[] Mean = [0.5f, 0.25f, 0];
    private static readonly float[] Deviation = [0.5f, 0.25f, 1];
    private static readonly PixelNormalization Normalization = new(
        new(Mean[0], Mean[1], Mean[2]), new(Deviation[0], Deviation[1], Deviation[2]));

    /// <summary>Each core has a pass: 250 views of 224 pixels through a ResNet-50 took 8 GB for each.</summary>
    [Theory]
    [InlineData(32, 250)]
    [InlineData(64, 250)]
    [InlineData(224, 41)]
    [InlineData(2048, 1)]
    public void Should_Take_Fewer_Images_A_Pass_Where_Views_Are_Large(int side, int images) =>
        Assert.Equal(images, new PlainPixels(new Ramp(5, 4), side, Normalization).PassOf(250));

    [Fact]
    public void Should_Hand_Normalized_Rgb_Channels_Last_To_The_Model()
    {
        var pixels = new PlainPixels(new Ramp(5, 4), 4, Normalization);
        using var features = FeatureExtractor.Extract(
            x =>
            {
                Assert.Equal(4 * 4 * 3, x.stride(0));
                Assert.Equal([1L, 12, 3], [x.stride(1), x.stride(2), x.stride(3)]);
                return x.flatten(1);
            },
            pixels,
            null,
            2, cancellationToken: Token);
        Assert.Equal((5, 48), (features.Rows, features.Columns));
        for (var image = 0; image < 5; image++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                for (var at = 0; at < 16; at++)
                {
                    var expected = ((Ramp.Value(image, (at * 3) + channel) / 255f) - Mean[channel]) / Deviation[channel];
                    Assert.Equal(expected, features[image][(channel * 16) + at], 1e-6f);
                }
            }
        }
    }

    [Fact]
    public void Should_Keep_The_Order_Asked_And_Not_Depend_On_The_Batch_Size()
    {
        var pixels = new PlainPixels(new Ramp(9, 4), 4, Normalization);
        int[] wanted = [7, 0, 7, 3, 8];
        using var all = FeatureExtractor.Extract(x => x.mean([2, 3]), pixels, null, 100, cancellationToken: Token);
        foreach (var batchSize in new[] { 1, 2, 5, 64 })
        {
            using var some = FeatureExtractor.Extract(x => x.mean([2, 3]), pixels, wanted, batchSize, cancellationToken: Token);
            for (var i = 0; i < wanted.Length; i++)
                Assert.Equal(all[wanted[i]].ToArray(), some[i].ToArray());
        }
    }

    [Fact]
    public void Should_Give_Every_Output_Of_One_Pass()
    {
        var passes = 0;
        var pixels = new PlainPixels(new Ramp(5, 4), 4, Normalization);
        using var linear = nn.Linear(3, 7);
        var outputs = FeatureExtractor.ExtractAll(
            linear,
            x =>
            {
                passes++;
                var pooled = x.mean([2, 3]);
                return [pooled, linear.call(pooled)];
            },
            pixels,
            null,
            3, cancellationToken: Token);
        Assert.Equal(2, passes);
        Assert.Equal([3, 7], outputs.Select(o => o.Columns));
        foreach (var output in outputs)
            output.Dispose();
    }

    [Fact]
    public void Should_Run_In_Evaluation_Mode_And_Restore_Every_Parts_Mode()
    {
        using var frozen = nn.BatchNorm2d(3);
        using var live = nn.BatchNorm2d(3);
        using var model = nn.Sequential(frozen, live, nn.Flatten());
        model.train();
        frozen.eval();
        using var before = live.running_mean!.clone();
        using var features = FeatureExtractor.Extract(
            model, new PlainPixels(new Ramp(5, 4), 4, Normalization), null, 2, cancellationToken: Token);
        Assert.True(model.training);
        Assert.True(live.training);
        Assert.False(frozen.training);
        Assert.True(before.equal(live.running_mean).all().item<bool>(), "running statistics moved: the model was in training mode");
    }

    [Fact]
    public void Should_Leave_No_Tensor_Behind()
    {
        using var model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten());
        var pixels = new PlainPixels(new Ramp(20, 4), 4, Normalization);
        var (bank, labels) = ReferenceFeatures.Blobs(100, 8, 4, 1, 1);
        void Once()
        {
            FeatureExtractor.Extract(model, pixels, null, 3).Dispose();
            WeightedKnn.Accuracy(bank, labels, bank, labels, new WeightedKnnOptions());
            LinearProbe.Accuracy(bank, labels, bank, labels, new LinearProbeOptions());
            RepresentationMonitor.Measure(bank, bank);
        }

        // Counted by the scope the work runs in: other tests make tensors at the same time.
        using var scope = NewDisposeScope();
        Once();
        Assert.Equal(0, scope.DisposablesCount);
    }

    [Fact]
    public void Should_See_The_Whole_Image_Resized_Where_Sizes_Differ()
    {
        // Halving with an antialiased filter keeps a grey picture grey, and keeps a ramp's mean within its rounding.
        var images = new Ramp(3, 8);
        using var small = FeatureExtractor.Extract(
            x => x.mean([2, 3]), new PlainPixels(images, 4, PixelNormalization.None), null, 2, cancellationToken: Token);
        using var full = FeatureExtractor.Extract(
            x => x.mean([2, 3]), new PlainPixels(images, 8, PixelNormalization.None), null, 2, cancellationToken: Token);
        for (var i = 0; i < 3; i++)
        {
            for (var channel = 0; channel < 3; channel++)
                Assert.Equal(full[i][channel], small[i][channel], 0.05f);
        }

        Assert.Throws<AutodidactException>(() => new PlainPixels(images, 0, PixelNormalization.None));
    }

    [Fact]
    public void Should_Stop_When_Cancelled_And_Refuse_Outputs_That_Are_Not_Rows()
    {
        var pixels = new PlainPixels(new Ramp(3, 4), 4, Normalization);
        Assert.Throws<OperationCanceledException>(
            () => FeatureExtractor.Extract(x => x.mean([2, 3]), pixels, null, 1, cancellationToken: new CancellationToken(true)));
        Assert.Contains(
            "expected (2, d)",
            Assert.Throws<ArgumentException>(() => FeatureExtractor.Extract(x => x, pixels, null, 2, cancellationToken: Token)).Message);
        Assert.Throws<ArgumentException>(() => FeatureExtractor.Extract(x => x.mean([2, 3]), pixels, [], 2, cancellationToken: Token));
    }

    /// <summary>Images whose pixels are a formula.</summary>
    internal sealed class Ramp(int count, int size) : IImageSet
    {
        public int Count => count;

        public int Height => size;

        public int Width => size;

        public static byte Value(int image, int at) => (byte)((image * 31) + (at * 7));

        public ReadOnlySpan<byte> Pixels(int index)
        {
            var pixels = new byte[size * size * 3];
            for (var at = 0; at < pixels.Length; at++)
                pixels[at] = Value(index, at);
            return pixels;
        }

        public string Key(int index) => $"{index}";
    }
}
