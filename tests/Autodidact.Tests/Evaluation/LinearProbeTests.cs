using Autodidact.Evaluation;
using Autodidact.Numerics;
using Autodidact.Tests.Metrics;

namespace Autodidact.Tests.Evaluation;

public sealed class LinearProbeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly LinearProbeOptions Exact = new() { LossTolerance = 1e-9 };

    [Theory]
    [InlineData(LinearProbeLoss.Softmax)]
    [InlineData(LinearProbeLoss.SquaredHinge)]
    public void Should_Reach_Scikit_Learns_Optimum_And_Its_Answers(LinearProbeLoss loss)
    {
        // LogisticRegression, and LinearSVC, at C = 1 / (L2 * rows).
        foreach (var c in loss == LinearProbeLoss.Softmax
            ? EvaluationFixture.Read<Case[]>("probe.json")
            : EvaluationFixture.Read<SquaredHingeFixture>("squared_hinge.json").Probes)
        {
            var (train, trainLabels) = ReferenceFeatures.Blobs(c.Rows, c.Columns, c.Classes, 3, c.Spread);
            var (test, testLabels) = ReferenceFeatures.Blobs(c.Tests, c.Columns, c.Classes, 4, c.Spread);
            var exact = LinearProbe.Fit(
                train, trainLabels, test, testLabels, Exact with { L2 = c.L2, Loss = loss }, cancellationToken: Token);
            Assert.True(exact.Converged, c.Name);
            Assert.Equal(c.Loss, exact.TrainLoss, 1e-6 * (1 + c.Loss));
            Assert.Equal(c.Predictions, exact.Predictions);
            Assert.Equal(c.Accuracy, exact.Accuracy, 12);

            // At the default tolerance a query on a boundary may fall to its other side: one in a hundred at most.
            var usual = LinearProbe.Fit(
                train, trainLabels, test, testLabels, new LinearProbeOptions { L2 = c.L2, Loss = loss }, cancellationToken: Token);
            Assert.True(usual.Converged, c.Name);
            Assert.InRange(usual.Accuracy, c.Accuracy - 0.01, c.Accuracy + 0.01);
        }
    }

    [Fact]
    public void Should_Leave_Rows_Without_Label_Out_Of_Fit_And_Score()
    {
        var (train, labels) = ReferenceFeatures.Blobs(400, 10, 4, 3, 2);
        var (test, testLabels) = ReferenceFeatures.Blobs(100, 10, 4, 4, 2);
        var half = Enumerable.Range(0, 400).Where(i => i % 7 < 3).ToArray();
        var masked = labels.Select((label, i) => i % 7 < 3 ? label : -1).ToArray();
        using var subset = train.Select(half);
        var expected = LinearProbe.Fit(subset, half.Select(i => labels[i]).ToArray(), test, testLabels, Exact, cancellationToken: Token);
        var actual = LinearProbe.Fit(train, masked, test, testLabels, Exact, cancellationToken: Token);
        Assert.Equal(expected.TrainLoss, actual.TrainLoss);
        Assert.Equal(expected.Predictions, actual.Predictions);
        for (var i = 0; i < 50; i++)
            testLabels[i] = -1;
        var right = Enumerable.Range(50, 50).Count(i => actual.Predictions[i] == testLabels[i]);
        Assert.Equal(right / 50.0, LinearProbe.Accuracy(train, masked, test, testLabels, Exact, cancellationToken: Token));
    }

    [Theory]
    [InlineData(LinearProbeLoss.Softmax)]
    [InlineData(LinearProbeLoss.SquaredHinge)]
    public void Should_Not_Depend_On_Shift_And_Scale_Of_Any_Dimension(LinearProbeLoss loss)
    {
        var (train, labels) = ReferenceFeatures.Blobs(300, 6, 3, 3, 2);
        var (test, testLabels) = ReferenceFeatures.Blobs(100, 6, 3, 4, 2);
        var before = LinearProbe.Fit(train, labels, test, testLabels, Exact with { Loss = loss }, cancellationToken: Token);
        foreach (var matrix in new[] { train, test })
        {
            for (var i = 0; i < matrix.Rows; i++)
                (matrix[i][1], matrix[i][4]) = (matrix[i][1] * 64, matrix[i][4] + 2);
        }

        var after = LinearProbe.Fit(train, labels, test, testLabels, Exact with { Loss = loss }, cancellationToken: Token);
        Assert.Equal(before.TrainLoss, after.TrainLoss, 1e-6);
        Assert.Equal(before.Accuracy, after.Accuracy, 0.011);
    }

    [Theory]
    [InlineData(LinearProbeLoss.Softmax)]
    [InlineData(LinearProbeLoss.SquaredHinge)]
    public void Should_Bear_Constant_Dimensions_And_Give_The_Same_Answer_Twice(LinearProbeLoss loss)
    {
        var (train, labels) = ReferenceFeatures.Blobs(200, 6, 3, 3, 0.5);
        var (test, testLabels) = ReferenceFeatures.Blobs(60, 6, 3, 4, 0.5);
        foreach (var matrix in new[] { train, test })
        {
            for (var i = 0; i < matrix.Rows; i++)
                matrix[i][2] = 1000.1f;
        }

        var first = LinearProbe.Fit(train, labels, test, testLabels, new LinearProbeOptions { Loss = loss }, cancellationToken: Token);
        var second = LinearProbe.Fit(train, labels, test, testLabels, new LinearProbeOptions { Loss = loss }, cancellationToken: Token);
        Assert.Equal(first.TrainLoss, second.TrainLoss);
        Assert.True(first.Accuracy > 0.95);
    }

    [Fact]
    public void Should_Say_When_It_Ended_Before_It_Converged()
    {
        var (train, labels) = ReferenceFeatures.Blobs(500, 20, 5, 3, 4);
        var result = LinearProbe.Fit(train, labels, train, labels, Exact with { MaxIterations = 2 }, cancellationToken: Token);
        Assert.False(result.Converged);
        Assert.Equal(2, result.Iterations);
    }

    [Fact]
    public void Should_Refuse_Inputs_That_Do_Not_Fit()
    {
        var (train, labels) = ReferenceFeatures.Blobs(20, 4, 2, 3, 1);
        using var other = new FeatureMatrix(20, 5);
        Assert.Throws<ArgumentException>(
            () => LinearProbe.Fit(train, labels, other, labels, new LinearProbeOptions(), cancellationToken: Token));
        Assert.Throws<ArgumentException>(
            () => LinearProbe.Fit(train, labels.AsSpan(1), train, labels, new LinearProbeOptions(), cancellationToken: Token));
        Assert.Throws<ArgumentException>(() => LinearProbe.Fit(
            train, labels, train, Enumerable.Repeat(-1, 20).ToArray(), new LinearProbeOptions(), cancellationToken: Token));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => LinearProbe.Fit(train, labels, train, labels, new LinearProbeOptions { L2 = -1 }, cancellationToken: Token));
        Assert.Contains(
            "no such loss",
            Assert.Throws<ArgumentOutOfRangeException>(
                () => LinearProbe.Fit(
                    train, labels, train, labels, new LinearProbeOptions { Loss = (LinearProbeLoss)7 }, cancellationToken: Token)).Message);
        train[3][1] = float.PositiveInfinity;
        Assert.Contains(
            "not finite",
            Assert.Throws<ArgumentException>(
                () => LinearProbe.Fit(train, labels, train, labels, new LinearProbeOptions(), cancellationToken: Token)).Message);
    }

    internal sealed record Case(
        string Name, int Rows, int Tests, int Columns, int Classes, double L2, double Spread, double Loss, int[] Predictions,
        double Accuracy);
}
