using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Loss of SimSiam: Chen &amp; He, "Exploring simple Siamese representation learning", CVPR 2021, arXiv 2011.10566, equation 2.
/// </summary>
/// <remarks>
/// With p the predictions and z the projections of views 1 and 2: -cos(p_1, z_2) / 2 - cos(p_2, z_1) / 2, mean over the batch; -1 to 1, and
/// -1 is where collapse ends too. The projections are detached here: that stop-gradient is the method.
/// </remarks>
internal static class SimSiamLoss
{
    /// <summary>The loss of a batch of paired embeddings.</summary>
    /// <param name="predictions">float [2B, D], not normalised; row i and row i + B are two views of one image.</param>
    /// <param name="projections">float [2B, D], what the predictor was given, in the same order, not normalised.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The number of rows is odd or 0, or the two differ in shape.</exception>
    public static Tensor Compute(Tensor predictions, Tensor projections) => -PairedCosine.Compute(predictions, projections);
}
