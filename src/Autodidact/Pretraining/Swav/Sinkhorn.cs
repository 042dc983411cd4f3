using Autodidact.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Codes of SwAV: a batch spread evenly over prototypes by the Sinkhorn-Knopp algorithm (Cuturi, NIPS 2013, arXiv 1306.0895), as in Caron
/// et al., "Unsupervised learning of visual features by contrasting cluster assignments", NeurIPS 2020, arXiv 2006.09882, equations 3 to 5.
/// </summary>
/// <remarks>
/// Q = exp(scores / e), then so many times: every prototype's column divided by its sum, every sample's row divided by its. The published
/// form also divides by K and B on the way and multiplies by B at the end, which cancels: rows sum to 1 in both. It is done on logarithms,
/// so that no small e or far prototype gives 0 / 0.
/// </remarks>
internal static class Sinkhorn
{
    /// <summary>Soft assignments of samples to prototypes, without gradient.</summary>
    /// <param name="scores">float [B, K]: products of embeddings and prototypes.</param>
    /// <param name="epsilon">e &gt; 0: how soft the codes are; 0.05 is published.</param>
    /// <param name="iterations">1 or more; 3 is published. More come nearer to equal prototypes.</param>
    /// <returns>[B, K]; rows sum to 1, columns nearly to B / K.</returns>
    /// <exception cref="ArgumentException">The scores are no matrix, or a number is out of range.</exception>
    public static Tensor Codes(Tensor scores, double epsilon, int iterations)
    {
        LossArguments.Matrix(scores, nameof(scores));
        LossArguments.Temperature(epsilon, nameof(epsilon));
        if (iterations < 1)
        {
            throw new ArgumentException($"expected 1 iteration or more, got {iterations}", nameof(iterations));
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var logarithms = scores.detach().div(epsilon);
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            logarithms = logarithms - logarithms.logsumexp(0, keepdim: true);
            logarithms = logarithms - logarithms.logsumexp(1, keepdim: true);
        }

        return logarithms.exp().MoveToOuterDisposeScope();
    }
}
