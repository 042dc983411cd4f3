using Autodidact.Numerics;
using Autodidact.Runs;

namespace Autodidact.Evaluation;

/// <summary>
/// Scores features by both probes: those of the trained encoder, and those of the untrained one, the baseline that training must beat.
/// </summary>
internal static class EncoderEvaluator
{
    /// <summary>k-NN and linear accuracy.</summary>
    /// <param name="train">Un-augmented features of the training images.</param>
    /// <param name="evaluation">Un-augmented features of the evaluation images.</param>
    /// <param name="labels">Classes of both.</param>
    /// <param name="options">Settings of the probes.</param>
    /// <param name="cancellationToken">Stops inside a probe.</param>
    /// <returns>The scores, or nothing measured where a split has no labels.</returns>
    public static RepresentationScores Measure(
        FeatureMatrix train,
        FeatureMatrix evaluation,
        LabelledSplits? labels,
        ProbeOptions options,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (labels is not { CanScore: true })
            return new RepresentationScores();
        return new RepresentationScores
        {
            Knn = WeightedKnn.Accuracy(train, labels.Train, evaluation, labels.Evaluation, options.Knn, cancellationToken),
            Linear = LinearProbe.Accuracy(train, labels.Train, evaluation, labels.Evaluation, options.Linear, cancellationToken),
        };
    }

    /// <summary>k-NN and linear accuracy, and scores of the features' own clusters.</summary>
    /// <param name="train">Un-augmented features of the training images.</param>
    /// <param name="evaluation">Un-augmented features of the evaluation images.</param>
    /// <param name="labels">Classes of both.</param>
    /// <param name="k">Number of clusters for purity, NMI and ARI; the accuracy is that of as many clusters as there are classes.</param>
    /// <param name="options">Settings of the probes.</param>
    /// <param name="cancellationToken">Stops inside a probe.</param>
    public static RepresentationScores Measure(
        FeatureMatrix train,
        FeatureMatrix evaluation,
        LabelledSplits? labels,
        int k,
        ProbeOptions options,
        CancellationToken cancellationToken = default)
    {
        var probes = Measure(train, evaluation, labels, options, cancellationToken);
        if (labels is not { CanScore: true })
            return probes;
        var scores = Score.Join(probes, ClusterProbe.Measure(train, evaluation, labels, k, options, cancellationToken));
        return scores with { Accuracy = scores.Accuracy ?? ClusterProbe.Accuracy(train, evaluation, labels, options, cancellationToken) };
    }
}
