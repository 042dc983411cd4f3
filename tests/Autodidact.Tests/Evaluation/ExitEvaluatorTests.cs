using Autodidact.Artefacts;
using Autodidact.Evaluation;
using Autodidact.Numerics;
using Autodidact.Runs;
using Autodidact.Tests.Distillation;
using Autodidact.Tests.Training;
using Autodidact.Views;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Evaluation;

public sealed class ExitEvaluatorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly ProbeOptions Options = new() { Knn = new WeightedKnnOptions { Neighbors = 20 } };

    [Fact]
    public void Should_Score_Every_Exit_And_The_Ensemble()
    {
        using var train = Exits(240, 3);
        using var evaluation = Exits(120, 4);
        var labels = new LabelledSplits(Classes(240), Classes(120), 4);
        var rows = ExitEvaluator.Measure(train, evaluation, evaluation, labels, Options, cancellationToken: Token);
        Assert.Equal(["1", "2", "ensemble"], rows.Select(r => r.Exit));
        Assert.All(rows, row => Assert.True(row is
        {
            Scores:
            {
                Knn: not null, Linear: not null, Agreement: not null, Nmi: not null, Ari: not null, Accuracy: not null,
                KmeansAccuracy: not null, Purity: not null,
            },
            Parameters: null, Macs: null, ImagesPerSecond: null,
        }));
        Assert.Equal(1, rows[1].Scores.Agreement);
        Assert.InRange(rows[0].Scores.Agreement!.Value, 0.1, 0.99);
        Assert.True(rows[1].Scores.Linear > rows[0].Scores.Linear, "the deeper exit of this fixture has less noise");

        // Each figure is that of the metric it names, on the right split.
        Assert.Equal(
            WeightedKnn.Accuracy(
                train.Features[0], labels.Train, evaluation.Features[0], labels.Evaluation, Options.Knn, cancellationToken: Token),
            rows[0].Scores.Knn);
        var expected = ClusterEvaluator.Measure(train.Answers[0], evaluation.Answers[0], 4, labels);
        Assert.Equal(expected, rows[0].Scores with { Knn = null, Linear = null, Agreement = null, KmeansAccuracy = null });
    }

    [Fact]
    public void Should_Measure_Agreement_Alone_Where_There_Are_No_Labels()
    {
        using var data = Exits(60, 3);
        var unknown = new LabelledSplits([.. Enumerable.Repeat(-1, 60)], Classes(60), 4);
        foreach (var labels in new[] { null, unknown })
        {
            var rows = ExitEvaluator.Measure(data, data, data, labels, Options, cancellationToken: Token);
            Assert.All(rows, row =>
                Assert.True(
                    row.Scores == new RepresentationScores { Agreement = row.Scores.Agreement } && row.Scores.Agreement is not null));
        }

        Assert.Null(ExitEvaluator.Measure(data, data, null, null, Options, cancellationToken: Token)[0].Scores.Agreement);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Should_Measure_Nothing_Of_Exits_That_Were_Not_Trained(int only, bool deepest)
    {
        using var train = Exits(240, 3);
        using var evaluation = Exits(120, 4);
        var labels = new LabelledSplits(Classes(240), Classes(120), 4);
        var rows = ExitEvaluator.Measure(train, evaluation, evaluation, labels, Options, only, Token);
        var all = ExitEvaluator.Measure(train, evaluation, evaluation, labels, Options, cancellationToken: Token);
        Assert.Equal(["1", "2", "ensemble"], rows.Select(r => r.Exit));

        // An untrained deepest exit is nothing to agree with.
        Assert.Equal(deepest ? all[only] : all[only] with { Scores = all[only].Scores with { Agreement = null } }, rows[only]);
        Assert.All(rows.Where((_, i) => i != only), row => Assert.Equal(new ExitSummary { Exit = row.Exit }, row));
    }

    [Fact]
    public void Should_Tell_An_Exits_Own_Clusters_From_Those_Of_Its_Features()
    {
        using var train = Exits(240, 3);
        using var evaluation = Exits(120, 4);
        int[] Halves(int count) => [.. Classes(count).Select(c => c / 2)];
        var labels = new LabelledSplits(Halves(240), Halves(120), 2);
        var row = ExitEvaluator.Measure(train, evaluation, null, labels, Options, cancellationToken: Token)[1];
        Assert.Null(row.Scores.Accuracy);
        Assert.Equal(ClusterProbe.Accuracy(train.Features[1], evaluation.Features[1], labels, Options, Token), row.Scores.KmeansAccuracy);
    }

    [Fact]
    public void Should_Leave_Out_One_To_One_Accuracy_Where_Clusters_Outnumber_Classes()
    {
        var scores = ClusterEvaluator.Measure([0, 1, 2, 2], [0, 1, 2], 3, new LabelledSplits([0, 0, 1, 1], [0, 0, 1], 2));
        Assert.Null(scores.Accuracy);
        Assert.Equal(1, scores.Purity);
    }

    [Fact]
    public void Should_Make_The_Ensembles_Cosine_The_Mean_Of_The_Exits_Cosines()
    {
        using var data = Exits(10, 3);
        using var together = ExitEnsemble.Concatenate(data.Features);
        var mean = data.Features.Average(f => Cosine(f[2], f[7]));
        Assert.Equal(mean, Cosine(together[2], together[7]), 1e-6);
    }

    [Fact]
    public void Should_Average_Logits_And_Answer_With_The_First_Of_Equals()
    {
        using var scope = NewDisposeScope();
        var logits = new[] { tensor(new float[,] { { 1, 5 }, { 0, 4 }, { 2, 0 } }), tensor(new float[,] { { 3, 1 }, { 4, 0 }, { 0, 1 } }) };
        var answers = ExitEnsemble.Answers(logits);
        Assert.Equal([1f, 0, 1, 1, 0, 0, 0, 1, 0], answers.data<float>().ToArray());
    }

    [Fact]
    public void Should_Score_Raw_Pixels_Of_Images()
    {
        var pixels = new PlainPixels(new FeatureExtractorTests.Ramp(12, 4), 4, PixelNormalization.None);
        using var features = RawPixelEvaluator.Features(pixels, [3, 4]);
        using var all = RawPixelEvaluator.Features(pixels);
        Assert.Equal(all[3].ToArray(), features[0].ToArray());
        var labels = new LabelledSplits([0, 1], [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1], 2);
        var options = new ProbeOptions { Knn = new() { Neighbors = 1 } };
        var scores = RawPixelEvaluator.Measure(features, all, labels, k: 1, options, Token);
        Assert.Equal((0.5, 0.0), (scores.Purity, scores.Nmi));
        Assert.NotNull(scores.Knn);
        Assert.NotNull(scores.Linear);
        Assert.Equal(scores.Accuracy, RawPixelEvaluator.Measure(features, all, labels, k: 2, options, Token).Accuracy);
        Assert.Null(RawPixelEvaluator.Measure(features, all, null, k: 2, options, Token).Knn);
    }

    [Fact]
    public void Should_Refuse_Splits_With_Different_Exits()
    {
        using var data = Exits(10, 3);
        using var fewer = new ExitData([], [data.Answers[0], data.Answers[0]], 4);
        Assert.Throws<ArgumentException>(() => ExitEvaluator.Measure(data, data, fewer, null, Options, cancellationToken: Token));
        Assert.Throws<ArgumentException>(() => ExitData.FromOutputs([new FeatureMatrix(3, 2), new FeatureMatrix(3, 3)], 4));
    }

    /// <summary>A student whose evaluation images have no labels needs no features, and of logits no more than the answers.</summary>
    [Fact]
    public void Should_Give_The_Answers_That_The_Logits_Have()
    {
        using var network = TinyDistillation.Student();
        var student = new StudentModel(network, new ModelInput("any", 16, PixelNormalization.Cifar10));
        using var outputs = student.Outputs(TinyProblem.ImageSet(), null, 8, Token);
        using var answers = student.Answers(TinyProblem.ImageSet(), null, 8, Token);
        var logits = student.Logits(TinyProblem.ImageSet(), null, 8, Token);
        Assert.Equal((logits.Count, logits.Count, 0), (outputs.Exits, outputs.Features.Count, answers.Features.Count));
        Assert.Equal(outputs.Answers, answers.Answers);
        for (var exit = 0; exit < logits.Count; exit++) Assert.Equal(ExitEnsemble.Answers(logits[exit]), outputs.Answers[exit]);
        var first = Enumerable.Range(0, logits[0].Columns).Select(c => logits.Sum(exit => exit[0][c])).ToArray();
        Assert.Equal(Array.IndexOf(first, first.Max()), outputs.Answers[^1][0]);
        Assert.Equal(logits[0].Columns, outputs.Clusters);
        foreach (var exit in logits) exit.Dispose();
    }

    private static int[] Classes(int rows) => [.. Enumerable.Range(0, rows).Select(i => i % 4)];

    /// <summary>Two exits, the second less noisy; logits are the features' cosines with the classes' centres.</summary>
    private static ExitData Exits(int rows, int seed)
    {
        FeatureMatrix[] features =
            [ReferenceFeatures.Blobs(rows, 12, 4, seed, 4).Features, ReferenceFeatures.Blobs(rows, 12, 4, seed, 1.5).Features];
        using var scope = NewDisposeScope();
        var logits = features.Select(f =>
        {
            var values = new float[rows, 4];
            for (var i = 0; i < rows; i++)
            {
                for (var c = 0; c < 4; c++)
                    values[i, c] = Enumerable.Range(0, 12).Sum(j => f[i][j] * (float)ReferenceFeatures.At(
                        c, j, ReferenceFeatures.CentreSeed));
            }

            return tensor(values);
        });
        var answers = new FeatureMatrix(rows, 3);
        ExitEnsemble.Answers([.. logits]).data<float>().CopyTo(answers.Block(0, rows));
        return ExitData.FromOutputs([.. features, answers], 4);
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(a, b);
}
