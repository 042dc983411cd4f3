using Autodidact.Evaluation;
using Autodidact.Native;
using Autodidact.Numerics;
using Autodidact.Pretraining;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Evaluation;

/// <summary>The number of cores changes no bit of a result.</summary>
public sealed class DividedEvaluationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LinearProbeLoss.Softmax, 1700, 24)]
    [InlineData(LinearProbeLoss.SquaredHinge, 1700, 24)]
    [InlineData(LinearProbeLoss.Softmax, 600, 1300)]
    public void Linear_Probe(LinearProbeLoss loss, int rows, int columns)
    {
        var (train, labels) = ReferenceFeatures.Blobs(rows, columns, 4, 3, 2);
        var (test, testLabels) = ReferenceFeatures.Blobs(1300, columns, 4, 4, 2);
        var options = new LinearProbeOptions { Loss = loss, MaxIterations = 12 };
        Alike(() =>
        {
            var result = LinearProbe.Fit(train, labels, test, testLabels, options, Token);
            return [result.TrainLoss, result.Iterations, .. result.Predictions.Select(p => (double)p)];
        });
    }

    [Fact]
    public void Weighted_Knn()
    {
        var (bank, labels) = ReferenceFeatures.Blobs(1700, 24, 4, 3, 2);
        var (queries, _) = ReferenceFeatures.Blobs(900, 24, 4, 4, 2);
        Alike(() =>
        {
            var result = WeightedKnn.Classify(bank, labels, queries, new WeightedKnnOptions(), Token);
            return [.. Enumerable.Range(0, queries.Rows).SelectMany(row => result.Scores(row).ToArray())];
        });
    }

    [Fact]
    public void Features()
    {
        using var model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten());
        var pixels = new PlainPixels(new FeatureExtractorTests.Ramp(50, 8), 8, PixelNormalization.None);
        Alike(() => Values(FeatureExtractor.Extract(model, pixels, null, 7, Token)));
    }

    [Fact]
    public void Whitening()
    {
        var (features, _) = ReferenceFeatures.Blobs(2500, 24, 4, 3, 2);
        Alike(() => Values(PcaWhitening.Apply(features, 9)));
        Alike(() =>
        {
            var (patches, _) = ReferenceFeatures.Blobs(20_000, 12, 4, 3, 2);
            var (whitening, shift) = PatchKMeans.Whiten(patches, 0.1);
            return [.. Values(patches), .. whitening.Concat(shift).Select(v => (double)v)];
        });
    }

    private static double[] Values(FeatureMatrix matrix)
    {
        using (matrix) return [.. matrix.Block(0, matrix.Rows).ToArray().Select(v => (double)v)];
    }

    private static void Alike(Func<double[]> compute)
    {
        var expected = Of(1);
        foreach (var cores in (int[])[2, 3]) Assert.True(expected.SequenceEqual(Of(cores)), $"{cores} cores give other results");

        double[] Of(int cores)
        {
            using var use = TorchThreads.Use(cores);
            return compute();
        }
    }
}
