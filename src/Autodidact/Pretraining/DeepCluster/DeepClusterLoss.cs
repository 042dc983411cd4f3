using Autodidact.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Cross entropy with clusters of unequal size as if clusters were drawn evenly: Caron, Bojanowski, Joulin &amp; Douze, "Deep clustering
/// for unsupervised learning of visual features", ECCV 2018, arXiv 1807.05520.
/// </summary>
/// <remarks>
/// Mean over the batch of w_i times -log softmax(logits_i)[y_i], with w_i = N / (K n[y_i]), n[c] the images of cluster c, N their sum, K
/// the clusters. The paper draws images so that each cluster comes equally often; here images come equally often and the weights make up
/// for it. The expectation is the same: over all images, the mean over clusters of each cluster's mean. Equal logits then give ln K.
/// </remarks>
internal static class DeepClusterLoss
{
    /// <summary>The loss of a batch.</summary>
    /// <param name="logits">float [B, K].</param>
    /// <param name="clusters">int64 [B], 0 to K - 1.</param>
    /// <param name="sizes">
    /// int64 [K]: images of each cluster, over the whole set; 1 or more wherever <paramref name="clusters"/> points.
    /// </param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or a cluster of the batch is said to be empty.</exception>
    public static Tensor Compute(Tensor logits, Tensor clusters, Tensor sizes)
    {
        LossArguments.Matrix(logits, nameof(logits));
        if (clusters.dim() != 1 || clusters.shape[0] != logits.shape[0])
        {
            throw new ArgumentException(
                $"expected {logits.shape[0]} clusters, got [{string.Join(", ", clusters.shape)}]", nameof(clusters));
        }

        if (sizes.dim() != 1 || sizes.shape[0] != logits.shape[1])
        {
            throw new ArgumentException(
                $"expected sizes of {logits.shape[1]} clusters, got [{string.Join(", ", sizes.shape)}]", nameof(sizes));
        }

        var own = sizes.index_select(0, clusters);
        if (own.min().item<long>() < 1)
        {
            throw new ArgumentException("a cluster of the batch has no images", nameof(sizes));
        }

        var weights = sizes.sum().to(logits.dtype).div(own.to(logits.dtype)).div(logits.shape[1]);
        return nn.functional.cross_entropy(logits, clusters, reduction: nn.Reduction.None).mul(weights).mean();
    }
}
