using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>The measure that BYOL and SimSiam share.</summary>
internal static class PairedCosine
{
    /// <summary>
    /// Mean cosine of each prediction with the target of the image's other view, which is detached: a scalar. An embedding of zeros has
    /// cosine 0.
    /// </summary>
    /// <param name="predictions">float [2B, D]; row i and row i + B are of two views of one image.</param>
    /// <param name="targets">float [2B, D], in the same order.</param>
    public static Tensor Compute(Tensor predictions, Tensor targets)
    {
        LossArguments.Pairs(predictions, nameof(predictions));
        LossArguments.SameShape(predictions, targets, nameof(targets));
        var other = targets.detach().roll(predictions.shape[0] / 2, 0);
        return (nn.functional.normalize(predictions, p: 2, dim: 1) * nn.functional.normalize(other, p: 2, dim: 1)).sum(1).mean();
    }
}
