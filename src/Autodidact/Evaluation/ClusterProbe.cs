using Autodidact.Clustering;
using Autodidact.Numerics;
using Autodidact.Runs;

namespace Autodidact.Evaluation;

/// <summary>
/// Tells how far features fall into the classes by themselves: k-means of the training images' features, scored on the evaluation images.
/// </summary>
internal static class ClusterProbe
{
    private const int Iterations = 50;

    /// <summary>Clusters and scores. Without labels for both splits there is nothing to score.</summary>
    /// <param name="train">Features of the training images.</param>
    /// <param name="evaluation">Features of the evaluation images.</param>
    /// <param name="labels">Classes of both.</param>
    /// <param name="k">Number of clusters; at most one an image is made.</param>
    /// <param name="options">Whether clusters lie on the sphere, and the seed.</param>
    /// <param name="cancellationToken">Stops between iterations.</param>
    public static RepresentationScores Measure(
        FeatureMatrix train,
        FeatureMatrix evaluation,
        LabelledSplits labels,
        int k,
        ProbeOptions options,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(options);
        using var clusters = KMeans.Fit(
            train,
            new KMeansOptions
            {
                Clusters = Math.Min(k, train.Rows),
                Spherical = options.Spherical,
                Seed = options.Seed,
                MaxIterations = Iterations,
                Restarts = 1,
                Threads = options.Threads,
            },
            null,
            cancellationToken);
        var assigned = KMeans.Assign(evaluation, clusters.Centroids, options.Spherical).Assignments;
        return ClusterEvaluator.Measure(clusters.Assignments, assigned, clusters.Centroids.Rows, labels);
    }

    /// <summary>
    /// Accuracy of the one-to-one map of as many clusters as there are classes; null where the training images are fewer.
    /// </summary>
    /// <inheritdoc cref="Measure"/>
    public static double? Accuracy(
        FeatureMatrix train,
        FeatureMatrix evaluation,
        LabelledSplits labels,
        ProbeOptions options,
        CancellationToken cancellationToken = default) =>
        Measure(train, evaluation, labels, labels.Classes, options, cancellationToken).Accuracy;
}
