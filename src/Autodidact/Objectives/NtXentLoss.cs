using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>
/// Normalised temperature-scaled cross entropy (NT-Xent) of SimCLR: Chen, Kornblith, Norouzi &amp; Hinton, "A simple framework for
/// contrastive learning of visual representations", ICML 2020, arXiv 2002.05709, equation 1; with more than two views of an image its mean
/// over the other views, as Khosla et al., "Supervised contrastive learning", NeurIPS 2020, arXiv 2004.11362, equation 2, have it, an image
/// in the place of a class. Decoupled, it is the loss of Yeh et al., "Decoupled contrastive learning", ECCV 2022, arXiv 2110.06848,
/// equation 6.
/// </summary>
/// <remarks>
/// For each of the V B embeddings i and each of its V - 1 positives j: -log( exp(cos(z_i, z_j)/t) / sum over k != i of exp(cos(z_i, z_k)/t)
/// ), averaged over all pairs. Identical embeddings give ln(V B - 1). Decoupled, k runs over the other images' embeddings alone, without
/// which a positive that is close already holds back what the negatives teach; identical embeddings give ln(V (B - 1)), and the loss can be
/// negative.
/// </remarks>
internal static class NtXentLoss
{
    /// <summary>The loss of a batch of embeddings.</summary>
    /// <param name="embeddings">float [V * B, D], not normalised; rows i, i + B, i + 2B, ... are views of one image.</param>
    /// <param name="temperature">t &gt; 0; the paper uses 0.1 (ImageNet) and 0.5 (CIFAR-10).</param>
    /// <param name="views">V, 2 or more.</param>
    /// <param name="decoupled">Whether the views of the image itself are left out of the denominator.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The rows are not views of at least two images, or the temperature is not positive.</exception>
    public static Tensor Compute(Tensor embeddings, double temperature, int views = 2, bool decoupled = false)
    {
        LossArguments.Views(embeddings, views, nameof(embeddings));
        LossArguments.Temperature(temperature, nameof(temperature));
        var normalized = nn.functional.normalize(embeddings, p: 2, dim: 1);
        var similarities = mm(normalized, normalized.t()).div_(temperature);
        var rows = embeddings.shape[0];
        var images = rows / views;
        var row = arange(rows, dtype: ScalarType.Int64, device: embeddings.device);
        var apart = row.unsqueeze(1) - row.unsqueeze(0);
        var leftOut = decoupled ? apart.remainder(images).eq(0) : apart.eq(0);
        var denominators = similarities.masked_fill(leftOut, double.NegativeInfinity).logsumexp(1, keepdim: true);

        // One column of positives for each other view, by how far it is round the ring of views.
        var positives = stack([.. Enumerable.Range(1, views - 1).Select(by => row.add(by * images).remainder_(rows))], 1);
        return (denominators - similarities.gather(1, positives)).mean();
    }
}
