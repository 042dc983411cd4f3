using Autodidact.Metrics;
using Autodidact.Runs;

namespace Autodidact.Evaluation;

/// <summary>Scores how well cluster numbers follow the classes, on the evaluation images.</summary>
internal static class ClusterEvaluator
{
    /// <summary>Scores a clustering. The one-to-one accuracy is measured where there are as many clusters as classes.</summary>
    /// <param name="trainClusters">Cluster of each training image: both maps from clusters to classes are fitted on these.</param>
    /// <param name="evaluationClusters">Cluster of each evaluation image, by the same clustering.</param>
    /// <param name="k">Number of clusters.</param>
    /// <param name="labels">Classes of both splits.</param>
    public static RepresentationScores Measure(
        ReadOnlySpan<int> trainClusters, ReadOnlySpan<int> evaluationClusters, int k, LabelledSplits labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var table = Contingency.Count(evaluationClusters, labels.Evaluation, k, labels.Classes);
        return new RepresentationScores
        {
            Nmi = ClusteringMetrics.NormalizedMutualInformation(table),
            Ari = ClusteringMetrics.AdjustedRandIndex(table),
            Accuracy = k == labels.Classes
                ? ClusterMap.FitHungarian(trainClusters, labels.Train, k, labels.Classes).Accuracy(evaluationClusters, labels.Evaluation)
                : null,
            Purity = ClusterMap.FitMajority(trainClusters, labels.Train, k, labels.Classes).Accuracy(evaluationClusters, labels.Evaluation),
        };
    }
}
