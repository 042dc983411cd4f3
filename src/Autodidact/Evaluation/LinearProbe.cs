using Autodidact.Native;
using Autodidact.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>
/// Linear classification of frozen features: logistic regression, or a squared-hinge classifier, on cached, un-augmented features, each
/// dimension standardised with the training rows' mean and standard deviation.
/// </summary>
/// <remarks>
/// Either problem is convex, so it is solved to its one optimum by L-BFGS instead of being followed for a number of epochs: no learning
/// rate, no seed, no schedule, no epoch to pick. The test rows are classified once, with the final weights.
/// </remarks>
internal static class LinearProbe
{
    private const int TestBlock = 1024;

    /// <summary>Accuracy on the labelled test rows.</summary>
    /// <inheritdoc cref="Fit"/>
    public static double Accuracy(
        FeatureMatrix train,
        ReadOnlySpan<int> trainLabels,
        FeatureMatrix test,
        ReadOnlySpan<int> testLabels,
        LinearProbeOptions options,
        CancellationToken cancellationToken = default) =>
        Fit(train, trainLabels, test, testLabels, options, cancellationToken).Accuracy;

    /// <summary>Fits on the training rows and classifies the test rows.</summary>
    /// <param name="train">Features of the training images.</param>
    /// <param name="trainLabels">Their classes; rows labelled -1 are left out.</param>
    /// <param name="test">Features of the test images.</param>
    /// <param name="testLabels">Their classes; rows labelled -1 are left out of the accuracy.</param>
    /// <param name="options">Loss, penalty and end of the fit.</param>
    /// <param name="cancellationToken">Stops between iterations.</param>
    /// <exception cref="ArgumentException">
    /// Sizes do not fit, a split has no labelled row, a feature is not finite, or an option is out of range.
    /// </exception>
    public static LinearProbeResult Fit(
        FeatureMatrix train,
        ReadOnlySpan<int> trainLabels,
        FeatureMatrix test,
        ReadOnlySpan<int> testLabels,
        LinearProbeOptions options,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(options);
        if (!(options.L2 >= 0) || !double.IsFinite(options.L2))
            throw new ArgumentOutOfRangeException(nameof(options), options.L2, "L2 must be 0 or more");
        if (!(options.LossTolerance > 0))
            throw new ArgumentOutOfRangeException(nameof(options), options.LossTolerance, "the loss tolerance must be above 0");
        if (!Enum.IsDefined(options.Loss))
            throw new ArgumentOutOfRangeException(nameof(options), options.Loss, "there is no such loss");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxIterations, 1);
        if (train.Columns != test.Columns)
            throw new ArgumentException($"training features have {train.Columns} dimensions, test features {test.Columns}", nameof(test));
        if (testLabels.Length != test.Rows)
            throw new ArgumentException($"test: {test.Rows} feature rows but {testLabels.Length} labels", nameof(testLabels));

        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var (rows, labels, owned) = FeatureTensors.Labelled(train, trainLabels, "train");
        Standardizer standardizer;
        LinearClassifier classifier;
        try
        {
            standardizer = Standardizer.Fit(rows);
            classifier = Classifier(options, standardizer.Transform(rows, 0, rows.Rows), labels);
        }
        finally
        {
            if (owned)
                rows.Dispose();
        }

        var (weights, loss, iterations, converged) = classifier.Minimize(options, cancellationToken);
        var predictions = new int[test.Rows];
        var blocks = FeatureTensors.Blocks(test.Rows, TestBlock).ToArray();
        TorchWork.Run(blocks.Length, number =>
        {
            var (row, count) = blocks[number];
            var classes = LinearClassifier.Scores(standardizer.Transform(test, row, count), weights).argmax(1).data<long>();
            for (var i = 0; i < count; i++) predictions[row + i] = (int)classes[i];
        });

        return new LinearProbeResult(Score(predictions, testLabels), loss, iterations, converged, predictions);
    }

    private static LinearClassifier Classifier(LinearProbeOptions options, Tensor features, int[] labels) =>
        options.Loss == LinearProbeLoss.SquaredHinge
        ? new SquaredHingeRegression(features, labels, options.L2)
        : new SoftmaxRegression(features, labels, options.L2);

    private static double Score(ReadOnlySpan<int> predictions, ReadOnlySpan<int> labels)
    {
        int right = 0, labelled = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            labelled += labels[i] >= 0 ? 1 : 0;
            right += labels[i] >= 0 && labels[i] == predictions[i] ? 1 : 0;
        }

        return labelled > 0 ? (double)right / labelled : throw new ArgumentException("test: no row is labelled", nameof(labels));
    }
}
