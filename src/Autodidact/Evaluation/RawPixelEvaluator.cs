using Autodidact.Numerics;
using Autodidact.Runs;

namespace Autodidact.Evaluation;

/// <summary>The baseline without a model: images compared by their pixels.</summary>
internal static class RawPixelEvaluator
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

    /// <summary>Scores pixels by both probes, and by their clusters.</summary>
    /// <param name="train">Pixels of the training images.</param>
    /// <param name="evaluation">Pixels of the evaluation images.</param>
    /// <param name="labels">Classes of both.</param>
    /// <param name="k">Number of clusters the run has, so that purity, NMI and ARI compare with its own.</param>
    /// <param name="options">Settings of the probes.</param>
    /// <param name="cancellationToken">Stops inside a probe.</param>
    /// <returns>The scores, or nothing measured where a split has no labels.</returns>
    public static RepresentationScores Measure(
        FeatureMatrix train,
        FeatureMatrix evaluation,
        LabelledSplits? labels,
        int k,
        ProbeOptions options,
        CancellationToken cancellationToken = default) =>

        // Pixels are no directions: their clusters are those of plain distances.
        EncoderEvaluator.Measure(train, evaluation, labels, k, options with { Spherical = false }, cancellationToken);
}
