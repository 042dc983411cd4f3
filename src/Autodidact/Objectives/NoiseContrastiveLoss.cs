using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>
/// Noise-contrastive estimation of the softmax over all images (<see cref="NonParametricSoftmaxLoss"/>): is a remembered vector that of the
/// image, or one drawn at random? Wu, Xiong, Yu &amp; Lin, "Unsupervised feature learning via non-parametric instance discrimination", CVPR
/// 2018, arXiv 1805.01978.
/// </summary>
/// <remarks>
/// With P(v|f) = exp(v . f / t) / Z, m vectors v' drawn uniformly from n and h = P / (P + m / n): mean over i of [ -log h(v_i, f_i) - sum
/// over v' of log(1 - h(v', f_i)) ], a sum over the negatives as in the authors' code. Z is a constant: n times the mean of exp(v . f / t)
/// over the first batch's vectors (<see cref="Normalizer"/>). Where every h is 1/2 it is (m + 1) ln(2). Deviation: one draw of negatives
/// serves the whole batch, in the authors' code each image has its own; the expectation is the same, the cost of a step is less by the
/// batch size. Their 1e-7 in the denominators is not needed, since logarithms of h are computed as such.
/// </remarks>
internal static class NoiseContrastiveLoss
{
    /// <summary>The loss of a batch.</summary>
    /// <param name="embeddings">f: float [B, D], of any length.</param>
    /// <param name="positives">v_i, the remembered unit vectors of the same images: [B, D], constants in the gradient.</param>
    /// <param name="negatives">v': [m, D], constants in the gradient.</param>
    /// <param name="images">n.</param>
    /// <param name="normalizer">Z &gt; 0.</param>
    /// <param name="temperature">t &gt; 0; the authors use 0.07.</param>
    /// <returns>A scalar, the mean over the batch.</returns>
    /// <exception cref="ArgumentException">The shapes do not agree, or a number is not positive.</exception>
    public static Tensor Compute(Tensor embeddings, Tensor positives, Tensor negatives, long images, double normalizer, double temperature)
    {
        Check(embeddings, positives, negatives, images, temperature);
        if (!(normalizer > 0 && double.IsFinite(normalizer)))
        {
            throw new ArgumentException($"expected a positive normaliser, got {normalizer}", nameof(normalizer));
        }

        // h = 1 / (1 + exp(c - v . f / t)) with c = log(m Z / n).
        var (positive, negative) = Exponents(embeddings, positives, negatives, temperature);
        var offset = Math.Log(negatives.shape[0] * normalizer / images);
        return nn.functional.logsigmoid(positive.sub(offset)).mean().neg()
            - nn.functional.logsigmoid(negative.neg().add(offset)).sum(1).mean();
    }

    /// <summary>
    /// Z of a batch: n times the mean of exp(v . f / t) over its positives and negatives, each image's alike; a scalar without gradient.
    /// </summary>
    /// <param name="embeddings">f: float [B, D], of any length.</param>
    /// <param name="positives">[B, D].</param>
    /// <param name="negatives">[m, D].</param>
    /// <param name="images">n.</param>
    /// <param name="temperature">t &gt; 0.</param>
    /// <exception cref="ArgumentException">The shapes do not agree, or a number is not positive.</exception>
    public static Tensor Normalizer(Tensor embeddings, Tensor positives, Tensor negatives, long images, double temperature)
    {
        Check(embeddings, positives, negatives, images, temperature);
        using var noGrad = no_grad();
        var (positive, negative) = Exponents(embeddings, positives, negatives, temperature);
        return cat([positive.unsqueeze(1), negative], 1).exp().mean() * images;
    }

    private static (Tensor Positive, Tensor Negative) Exponents(Tensor embeddings, Tensor positives, Tensor negatives, double temperature)
    {
        var unit = nn.functional.normalize(embeddings, p: 2, dim: 1);
        return ((unit * positives.detach()).sum(1).div(temperature), mm(unit, negatives.detach().t()).div(temperature));
    }

    private static void Check(Tensor embeddings, Tensor positives, Tensor negatives, long images, double temperature)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(positives);
        ArgumentNullException.ThrowIfNull(negatives);
        if (embeddings.dim() != 2 || !positives.shape.SequenceEqual(embeddings.shape))
        {
            throw new ArgumentException(
                $"expected embeddings and positives [B, D], got [{string.Join(", ", embeddings.shape)}] and "
                + $"[{string.Join(", ", positives.shape)}]",
                nameof(positives));
        }

        if (negatives.dim() != 2 || negatives.shape[0] < 1 || negatives.shape[1] != embeddings.shape[1])
        {
            throw new ArgumentException(
                $"expected negatives [m, {embeddings.shape[1]}], got [{string.Join(", ", negatives.shape)}]", nameof(negatives));
        }

        if (images < 1)
        {
            throw new ArgumentException($"expected at least one image, got {images}", nameof(images));
        }

        if (!(temperature > 0))
        {
            throw new ArgumentException($"expected a positive temperature, got {temperature}", nameof(temperature));
        }
    }
}
