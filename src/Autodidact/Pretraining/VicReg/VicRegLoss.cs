using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Loss of VICReg: Bardes, Ponce &amp; LeCun, "VICReg: variance-invariance-covariance regularization for self-supervised learning", ICLR
/// 2022, arXiv 2105.04906.
/// </summary>
/// <remarks>
/// With z_1, z_2 the embeddings of two views, [B, D], not normalised:
/// <list type="bullet">
/// <item>invariance: mean of (z_1 - z_2)^2 over rows and dimensions;</item>
/// <item>variance: for each view the mean over dimensions of max(0, 1 - sqrt(var + 1e-4)), var of B - 1; the sum over both views;</item>
/// <item>covariance: for each view the sum over i != j of cov_ij^2, of B - 1, over D; the sum over both views.</item>
/// </list>
/// The loss is their weighted sum, published weights 25, 25 and 1. The two conventions in use differ in the variance: solo-learn sums over
/// the views, as here; the authors' code takes half of that sum, so its weight 25 is 12.5 here. The covariance is summed in both.
/// </remarks>
internal static class VicRegLoss
{
    private const double Epsilon = 1e-4;

    /// <summary>The three terms of a batch, without weights.</summary>
    /// <param name="first">float [B, D], embeddings of the first views, not normalised.</param>
    /// <param name="second">float [B, D], embeddings of the second views of the same images.</param>
    /// <returns>Three scalars.</returns>
    /// <exception cref="ArgumentException">The embeddings are no matrices of one shape with 2 rows or more.</exception>
    public static (Tensor Invariance, Tensor Variance, Tensor Covariance) Terms(Tensor first, Tensor second)
    {
        LossArguments.Matrix(first, nameof(first), atLeastRows: 2);
        LossArguments.SameShape(first, second, nameof(second));
        var (one, two) = (Spread(first), Spread(second));
        return ((first - second).square().mean(), one.Variance + two.Variance, one.Covariance + two.Covariance);
    }

    private static (Tensor Variance, Tensor Covariance) Spread(Tensor embeddings)
    {
        var centred = embeddings - embeddings.mean([0L], keepdim: true);
        var covariances = mm(centred.t(), centred) / (embeddings.shape[0] - 1);
        var variances = covariances.diagonal();
        var redundancy = covariances.square().sum() - variances.square().sum();
        return ((1 - (variances + Epsilon).sqrt()).relu().mean(), redundancy / embeddings.shape[1]);
    }
}
