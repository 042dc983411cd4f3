using Autodidact.Evaluation;
using Autodidact.Numerics;
using Autodidact.Tests.Metrics;

namespace Autodidact.Tests.Evaluation;

public sealed class WeightedKnnTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Should_Equal_Float64_Loops_To_One_Millionth()
    {
        foreach (var c in EvaluationFixture.Read<Case[]>("knn.json"))
        {
            var (bank, labels) = ReferenceFeatures.Blobs(c.Rows, c.Columns, c.Classes, 1, c.Spread);
            var (queries, queryLabels) = ReferenceFeatures.Blobs(c.Queries, c.Columns, c.Classes, 2, c.Spread);
            for (var i = 0; c.Unlabelled > 0 && i < labels.Length; i += c.Unlabelled)
                labels[i] = -1;
            var result = WeightedKnn.Classify(
                bank, labels, queries, new WeightedKnnOptions { Neighbors = c.K, Temperature = c.Temperature }, cancellationToken: Token);
            Assert.Equal(c.Predictions, result.Predictions);
            Assert.Equal(c.Accuracy, result.Accuracy(queryLabels), 12);
            var options = new WeightedKnnOptions { Neighbors = c.K, Temperature = c.Temperature };
            Assert.Equal(c.Accuracy, WeightedKnn.Accuracy(bank, labels, queries, queryLabels, options, Token), 12);
            for (var i = 0; i < c.Queries; i++)
            {
                for (var label = 0; label < c.Classes; label++)
                    Assert.True(Math.Abs(c.Scores[i][label] - result.Scores(i)[label]) < 1e-6, $"{c.Name}: query {i}, class {label}");
            }
        }
    }

    [Fact]
    public void Should_Weigh_Votes_By_Exp_Of_Cosine_Over_Temperature()
    {
        // Cosines 1, 0 and -1 with T = 0.5: votes e^2, 1 and e^-2.
        using var bank = Matrix([[3, 0], [0, 7], [-2, 0]]);
        using var query = Matrix([[1, 0]]);
        var scores = WeightedKnn
            .Classify(bank, [0, 1, 0], query, new WeightedKnnOptions { Neighbors = 3, Temperature = 0.5 }, cancellationToken: Token)
            .Scores(0);
        var total = Math.Exp(2) + 1 + Math.Exp(-2);
        Assert.Equal((Math.Exp(2) + Math.Exp(-2)) / total, scores[0], 6);
        Assert.Equal(1 / total, scores[1], 6);
    }

    [Fact]
    public void Should_Prefer_The_Lower_Row_Among_Equal_Neighbors_And_The_Lower_Class_Among_Equal_Scores()
    {
        using var bank = Matrix(Enumerable.Repeat(new float[] { 1, 1 }, 20_000).ToArray());
        using var query = Matrix([[1, 1]]);
        var labels = Enumerable.Range(0, 20_000).Select(i => i < 3 ? 2 : 1).ToArray();
        var options = new WeightedKnnOptions { Neighbors = 3 };
        Assert.Equal(1, WeightedKnn.Classify(bank, labels, query, options, cancellationToken: Token).Scores(0)[2], 12);
        Assert.Equal([1], WeightedKnn.Classify(bank, labels, query, options with { Neighbors = 6 }, cancellationToken: Token).Predictions);
    }

    /// <summary>Votes for every class of every query would be 160 MB here, and 400 MB for ImageNet.</summary>
    [Fact]
    public void Should_Measure_An_Accuracy_In_Memory_That_Does_Not_Grow_With_Queries_Times_Classes()
    {
        const int Classes = 10_000;
        var (bank, _) = ReferenceFeatures.Blobs(Classes, 4, 4, 1, 1);
        var (queries, _) = ReferenceFeatures.Blobs(2_000, 4, 4, 2, 1);
        int[] labels = [.. Enumerable.Range(0, Classes)];
        var options = new WeightedKnnOptions { Neighbors = 2 };
        var before = GC.GetAllocatedBytesForCurrentThread();
        WeightedKnn.Accuracy(bank, labels, queries, labels.AsSpan(0, queries.Rows), options, Token);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40_000_000);
        bank.Dispose();
        queries.Dispose();
    }

    [Fact]
    public void Should_Find_The_Same_Neighbors_In_A_Bank_Of_Several_Blocks()
    {
        // More rows than one block holds; the single row of class 1 lies in the last.
        using var bank = new FeatureMatrix(20_001, 3);
        for (var i = 0; i < bank.Rows; i++)
            (bank[i][0], bank[i][1], bank[i][2]) = (1, 1 + (i % 97), 0.001f * (i % 89));
        bank[20_000].Clear();
        bank[20_000][2] = 5;
        var labels = new int[bank.Rows];
        labels[20_000] = 1;
        using var queries = new FeatureMatrix(1500, 3);
        for (var i = 0; i < queries.Rows; i++)
            queries[i][i % 2 == 0 ? 2 : 1] = 1;
        var result = WeightedKnn.Classify(bank, labels, queries, new WeightedKnnOptions { Neighbors = 1 }, cancellationToken: Token);
        Assert.All(Enumerable.Range(0, 1500), i => Assert.Equal(i % 2 == 0 ? 1 : 0, result.Predictions[i]));
    }

    [Fact]
    public void Should_Not_Change_When_Features_Are_Rescaled()
    {
        var (bank, labels) = ReferenceFeatures.Blobs(200, 8, 4, 1, 2);
        var (queries, _) = ReferenceFeatures.Blobs(50, 8, 4, 2, 2);
        var before = WeightedKnn.Classify(bank, labels, queries, new WeightedKnnOptions(), cancellationToken: Token).Predictions;
        for (var i = 0; i < bank.Rows; i++)
        {
            foreach (ref var value in bank[i])
                value *= 1 << (i % 5);
        }

        Assert.Equal(before, WeightedKnn.Classify(bank, labels, queries, new WeightedKnnOptions(), cancellationToken: Token).Predictions);
    }

    [Fact]
    public void Should_Refuse_Features_That_Are_Not_Finite()
    {
        using var bank = Matrix([[1, 0], [0, 1], [float.NaN, 1]]);
        using var query = Matrix([[1, 0]]);
        foreach (var k in new[] { 1, 3 })
        {
            var error = Assert.ThrowsAny<Exception>(
                () => WeightedKnn.Classify(bank, [0, 1, 0], query, new WeightedKnnOptions { Neighbors = k }, cancellationToken: Token));
            Assert.Contains("not finite", error.ToString());
        }
    }

    [Fact]
    public void Should_Refuse_Inputs_That_Do_Not_Fit()
    {
        using var bank = Matrix([[1, 0], [0, 1]]);
        using var query = Matrix([[1, 0, 0]]);
        Assert.Throws<ArgumentException>(
            () => WeightedKnn.Classify(bank, [0, 1], query, new WeightedKnnOptions(), cancellationToken: Token));
        Assert.Throws<ArgumentException>(() => WeightedKnn.Classify(bank, [0], bank, new WeightedKnnOptions(), cancellationToken: Token));
        Assert.Throws<ArgumentException>(
            () => WeightedKnn.Classify(bank, [-1, -1], bank, new WeightedKnnOptions(), cancellationToken: Token));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => WeightedKnn.Classify(bank, [0, 1], bank, new WeightedKnnOptions { Temperature = 0 }, cancellationToken: Token));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => WeightedKnn.Classify(bank, [0, 1], bank, new WeightedKnnOptions { Neighbors = 0 }, cancellationToken: Token));
    }

    internal static FeatureMatrix Matrix(float[][] rows)
    {
        var matrix = new FeatureMatrix(rows.Length, rows[0].Length);
        for (var i = 0; i < rows.Length; i++)
            rows[i].CopyTo(matrix[i]);
        return matrix;
    }

    internal sealed record Case(
        string Name,
        int Rows,
        int Queries,
        int Columns,
        int Classes,
        int K,
        double Temperature,
        double Spread,
        int Unlabelled,
        double[][] Scores,
        int[] Predictions,
        double Accuracy);
}
