using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Loss of Barlow Twins: Zbontar, Jing, Misra, LeCun &amp; Deny, "Barlow Twins: self-supervised learning via redundancy reduction", ICML
/// 2021, arXiv 2103.03230, equation 1.
/// </summary>
/// <remarks>
/// Each dimension of each view's embeddings is standardised over the batch (mean 0, variance 1 of B, with 1e-5 under the root, as batch
/// norm without scale and shift does); C = z_1' z_2 / B is the cross-correlation matrix of the views. The loss is sum over i of (1 -
/// C_ii)^2 + weight times sum over i != j of C_ij^2: sums, not means, so it grows with D, and not with B.
/// </remarks>
internal static class BarlowTwinsLoss
{
    private const double Epsilon = 1e-5;

    /// <summary>The loss of a batch.</summary>
    /// <param name="first">float [B, D], embeddings of the first views, not normalised.</param>
    /// <param name="second">float [B, D], embeddings of the second views of the same images.</param>
    /// <param name="redundancyWeight">Weight of the off-diagonal terms, lambda; published 0.0051.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">
    /// The embeddings are no matrices of one shape with 2 rows or more, or the weight is negative.
    /// </exception>
    public static Tensor Compute(Tensor first, Tensor second, double redundancyWeight)
    {
        LossArguments.Matrix(first, nameof(first), atLeastRows: 2);
        LossArguments.SameShape(first, second, nameof(second));
        LossArguments.Weight(redundancyWeight, nameof(redundancyWeight));
        var correlations = mm(Standardise(first).t(), Standardise(second)) / first.shape[0];
        var diagonal = correlations.diagonal();
        var redundancy = correlations.square().sum() - diagonal.square().sum();
        return (1 - diagonal).square().sum() + (redundancy * redundancyWeight);
    }

    private static Tensor Standardise(Tensor embeddings)
    {
        var centred = embeddings - embeddings.mean([0L], keepdim: true);
        return centred * (centred.square().mean([0L], keepdim: true) + Epsilon).rsqrt();
    }
}
