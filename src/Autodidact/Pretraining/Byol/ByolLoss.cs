using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Loss of BYOL: Grill, Strub, Altché, Tallec, Richemond, Buchatskaya, Doersch, Avila Pires, Guo, Gheshlaghi Azar, Piot, Kavukcuoglu, Munos
/// &amp; Valko, "Bootstrap your own latent: a new approach to self-supervised learning", NeurIPS 2020, arXiv 2006.07733, equation 2.
/// </summary>
/// <remarks>
/// With p the predictions and z the target network's projections of views 1 and 2: (2 - 2 cos(p_1, z_2)) + (2 - 2 cos(p_2, z_1)), each a
/// mean over the batch; the sum of both directions, as published, 0 to 8. A term is the squared distance of the normalised vectors. The
/// targets are detached.
/// </remarks>
internal static class ByolLoss
{
    /// <summary>The loss of a batch of paired embeddings.</summary>
    /// <param name="predictions">float [2B, D], not normalised; row i and row i + B are two views of one image.</param>
    /// <param name="targets">float [2B, D], projections by the target network, in the same order, not normalised.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The number of rows is odd or 0, or the two differ in shape.</exception>
    public static Tensor Compute(Tensor predictions, Tensor targets) => 4 - (4 * PairedCosine.Compute(predictions, targets));
}
