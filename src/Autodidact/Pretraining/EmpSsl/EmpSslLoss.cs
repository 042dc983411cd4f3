using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Loss of EMP-SSL: Tong, Chen, Ma &amp; LeCun, "EMP-SSL: towards self-supervised learning in one training epoch", arXiv 2304.03977,
/// equations 1 to 4.
/// </summary>
/// <remarks>
/// With Z_v the L2-normalised embeddings of view v of B images, [B, D], and z-bar_b the mean of image b's over views:
/// <list type="bullet">
/// <item>similarity: mean over views and images of cos(z_vb, z-bar_b);</item>
/// <item>coding rate: mean over views of R(Z_v) = 1/2 ln det(I + D / (B e) Z_v^T Z_v), the rate that Yu et al. (NeurIPS 2020, arXiv
/// 2006.08558) want large. e is the paper's
/// epsilon squared, and the authors' code's eps.</item>
/// </list>
/// The loss is -(coding rate) - weight x similarity. The paper uses a weight of 200 and e of 0.2. Identical embeddings have a similarity of
/// 1 and a rate of 1/2 ln(1 + D / e); orthonormal ones (B = D) a rate of D/2 ln(1 + 1 / e), the most there is.
/// </remarks>
internal static class EmpSslLoss
{
    /// <summary>The two terms of a batch, without weights.</summary>
    /// <param name="embeddings">float [V * B, D], not normalised; rows i, i + B, i + 2B, ... are views of one image.</param>
    /// <param name="views">V, 2 or more.</param>
    /// <param name="distortion">e &gt; 0: the precision up to which the rate codes; 0.2 is published.</param>
    /// <returns>Two scalars, both wanted large.</returns>
    /// <exception cref="ArgumentException">The rows are not views of at least two images, or the distortion is not positive.</exception>
    public static (Tensor Similarity, Tensor CodingRate) Terms(Tensor embeddings, int views, double distortion)
    {
        LossArguments.Views(embeddings, views, nameof(embeddings));
        LossArguments.Positive(distortion, "distortion", nameof(distortion));
        var unit = nn.functional.normalize(embeddings, p: 2, dim: 1).view(views, -1, embeddings.shape[1]);
        var means = nn.functional.normalize(unit.mean([0L], keepdim: true), p: 2, dim: 2);
        var (images, size) = (unit.shape[1], unit.shape[2]);

        // det(I + c Z^T Z) = det(I + c Z Z^T): the smaller of the two.
        var products = images < size ? bmm(unit, unit.transpose(1, 2)) : bmm(unit.transpose(1, 2), unit);
        var scaled = (products * (size / (images * distortion))) + eye(products.shape[1], dtype: products.dtype, device: products.device);
        var (_, logarithms) = linalg.slogdet(scaled);
        return ((unit * means).sum(2).mean(), logarithms.mean() / 2);
    }
}
