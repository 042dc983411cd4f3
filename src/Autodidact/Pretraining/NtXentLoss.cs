using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Normalised temperature-scaled cross entropy (NT-Xent) of SimCLR: Chen, Kornblith, Norouzi &amp; Hinton, "A simple framework for contrastive
/// learning of visual representations", ICML 2020, arXiv 2002.05709, equation 1.
/// </summary>
/// <remarks>
/// For each of the 2B embeddings i with positive j: -log( exp(cos(z_i, z_j)/t) / sum over k != i of exp(cos(z_i, z_k)/t) ), averaged over all 2B.
/// Identical embeddings give ln(2B - 1).
/// </remarks>
public static class NtXentLoss
{
    /// <summary>The loss of a batch of paired embeddings.</summary>
    /// <param name="embeddings">float [2B, D], not normalised; row i and row i + B are two views of one image.</param>
    /// <param name="temperature">t &gt; 0; the paper uses 0.1 (ImageNet) and 0.5 (CIFAR-10).</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The number of rows is odd or less than 4, or the temperature is not positive.</exception>
    public static Tensor Compute(Tensor embeddings, double temperature)
    {
        var rows = embeddings.shape[0];
        if (embeddings.dim() != 2 || rows % 2 != 0 || rows < 4)
        {
            throw new ArgumentException($"expected embeddings [2B, D] with B >= 2, got [{string.Join(", ", embeddings.shape)}]", nameof(embeddings));
        }

        if (!(temperature > 0))
        {
            throw new ArgumentException($"expected a positive temperature, got {temperature}", nameof(temperature));
        }

        var normalized = nn.functional.normalize(embeddings, p: 2, dim: 1);
        var similarities = mm(normalized, normalized.t()).div_(temperature);
        var self = eye(rows, dtype: ScalarType.Bool, device: embeddings.device);
        var targets = arange(rows, dtype: ScalarType.Int64, device: embeddings.device).add_(rows / 2).remainder_(rows);
        return nn.functional.cross_entropy(similarities.masked_fill(self, double.NegativeInfinity), targets);
    }
}
