using Autodidact.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Classification of every view into its image's cluster, for several clusterings: the loss of DeepCluster-v2, Caron, Misra, Mairal, Goyal,
/// Bojanowski &amp; Joulin, "Unsupervised learning of visual features by contrasting cluster assignments", NeurIPS 2020, arXiv 2006.09882,
/// whose reimplementation of DeepCluster it is.
/// </summary>
/// <remarks>
/// Mean over heads h of the mean over views and over images with a cluster of -log softmax(scores_h / temperature)[cluster_h]. Images
/// without one (-1) are left out. Equal scores give ln K.
/// </remarks>
internal static class DeepClusterV2Loss
{
    /// <summary>The loss of a batch.</summary>
    /// <param name="scores">Products of embeddings and centroids for each head, float [V * B, K] each, the images of view 0 first.</param>
    /// <param name="clusters">int64 [heads, B]: cluster of each image, or -1.</param>
    /// <param name="temperature">&gt; 0; 0.1 is published.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">
    /// A shape does not fit, some head has no image with a cluster, or the temperature is not positive.
    /// </exception>
    public static Tensor Compute(IReadOnlyList<Tensor> scores, Tensor clusters, double temperature)
    {
        ArgumentNullException.ThrowIfNull(scores);
        LossArguments.Matrix(clusters, nameof(clusters));
        LossArguments.Temperature(temperature, nameof(temperature));
        var images = clusters.shape[1];
        if (scores.Count != clusters.shape[0] || images == 0)
        {
            throw new ArgumentException(
                $"expected clusters of {scores.Count} heads, got [{string.Join(", ", clusters.shape)}]", nameof(clusters));
        }

        foreach (var head in scores)
        {
            LossArguments.Matrix(head, nameof(scores), images);
            if (head.shape[0] % images != 0)
            {
                throw new ArgumentException($"expected whole views of {images} images, got {head.shape[0]} rows", nameof(scores));
            }
        }

        if (clusters.amax([1L]).min().item<long>() < 0)
        {
            throw new ArgumentException("expected an image with a cluster in every head", nameof(clusters));
        }

        return stack([.. scores.Select((head, h) => nn.functional.cross_entropy(
            head.div(temperature), clusters[h].repeat(head.shape[0] / images), ignore_index: -1))]).mean();
    }
}
