using Autodidact.Numerics;
using Autodidact.Runs;

namespace Autodidact.Evaluation;

/// <summary>The baseline without a model: images compared by their pixels.</summary>
public static class RawPixelEvaluator
{
    private const int RowBlock = 1024;

    /// <summary>Normalised pixels of each image as one row.</summary>
    /// <param name="images">The un-augmented views; a small view size keeps the matrix small.</param>
    /// <param name="indices">Images wanted, in that order; null for all.</param>
    /// <returns>Pixels, owned by the caller.</returns>
    public static FeatureMatrix Features(PlainPixels images, IReadOnlyList<int>? indices = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        var features = new FeatureMatrix(indices?.Count ?? images.Count, images.ValuesPerView);
        var wanted = indices?.ToArray() ?? [.. Enumerable.Range(0, features.Rows)];
        foreach (var (row, count) in FeatureTensors.Blocks(features.Rows, RowBlock))
            images.Write(wanted.AsSpan(row, count), features.Block(row, count));
        return features;
    }

    /// <summary>Scores pixels by k-NN, and a clustering of them.</summary>
    /// <param name="train">Pixels of the training images.</param>
    /// <param name="evaluation">Pixels of the evaluation images.</param>
    /// <param name="labels">Classes of both.</param>
    /// <param name="options">Settings of the k-NN.</param>
    /// <param name="clusters">k-means of the training pixels: its clusters for both splits, and k. Null leaves purity and accuracy unmeasured.</param>
    /// <param name="cancellationToken">Stops inside the k-NN.</param>
    /// <returns>The scores, or nothing measured where a split has no labels.</returns>
    public static RawPixelsSummary Measure(
        FeatureMatrix train,
        FeatureMatrix evaluation,
        LabelledSplits? labels,
        WeightedKnnOptions options,
        (int[] Train, int[] Evaluation, int K)? clusters = null,
        CancellationToken cancellationToken = default)
    {
        if (labels is not { CanScore: true })
            return new RawPixelsSummary();
        var scores = clusters is var (trainClusters, evaluationClusters, k)
            ? ClusteringScores.Measure(trainClusters, evaluationClusters, k, labels)
            : null;
        return new RawPixelsSummary
        {
            Knn = WeightedKnn.Accuracy(train, labels.Train, evaluation, labels.Evaluation, options, cancellationToken),
            Purity = scores?.Purity,
            Accuracy = scores?.Accuracy,
        };
    }
}
