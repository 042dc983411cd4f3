using Autodidact.Metrics;

namespace Autodidact.Evaluation;

/// <summary>How well cluster numbers follow the classes, on the evaluation images.</summary>
/// <param name="Nmi">Normalised mutual information.</param>
/// <param name="Ari">Adjusted Rand index.</param>
/// <param name="Accuracy">Accuracy of the one-to-one map fitted on the training images; null unless k is the number of classes.</param>
/// <param name="Purity">Accuracy of the majority map fitted on the training images.</param>
internal sealed record ClusteringScores(double Nmi, double Ari, double? Accuracy, double Purity)
{
    /// <summary>Scores a clustering.</summary>
    /// <param name="trainClusters">Cluster of each training image.</param>
    /// <param name="evaluationClusters">Cluster of each evaluation image, by the same clustering.</param>
    /// <param name="k">Number of clusters.</param>
    /// <param name="labels">Classes of both splits.</param>
    public static ClusteringScores Measure(
        ReadOnlySpan<int> trainClusters, ReadOnlySpan<int> evaluationClusters, int k, LabelledSplits labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var table = Contingency.Count(evaluationClusters, labels.Evaluation, k, labels.Classes);
        return new ClusteringScores(
            ClusteringMetrics.NormalizedMutualInformation(table),
            ClusteringMetrics.AdjustedRandIndex(table),
            k == labels.Classes
                ? ClusterMap.FitHungarian(trainClusters, labels.Train, k, labels.Classes).Accuracy(evaluationClusters, labels.Evaluation)
                : null,
            ClusterMap.FitMajority(trainClusters, labels.Train, k, labels.Classes).Accuracy(evaluationClusters, labels.Evaluation));
    }
}
