using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// S4L-Rotation: Zhai, Oliver, Kolesnikov &amp; Beyer, "S4L: Self-supervised semi-supervised learning", ICCV 2019, arXiv 1905.03670.
/// </summary>
/// <remarks>
/// CE(classes of the images whose label is known, all four rotations of each) + w CE(rotations of every image), means over what is counted.
/// A batch without a known label has the second term alone.
/// </remarks>
internal static class S4lLoss
{
    /// <summary>The loss.</summary>
    /// <param name="classLogits">float [4B, C]: the images unturned, then all turned by 90, 180 and 270 degrees.</param>
    /// <param name="rotationLogits">float [4B, 4], of the same.</param>
    /// <param name="labels">int64 [B]: class of each image, -1 where it is not known.</param>
    /// <param name="weight">w.</param>
    /// <returns>The scalar loss, and its parts without weights; <c>classes</c> is 0 where no label is known.</returns>
    /// <exception cref="ArgumentException">Shapes do not fit, or the weight is negative.</exception>
    public static (Tensor Loss, Tensor Classes, Tensor Rotations) Compute(
        Tensor classLogits, Tensor rotationLogits, Tensor labels, double weight)
    {
        var images = labels.shape[0];
        if (labels.dim() != 1 || classLogits.dim() != 2 || classLogits.shape[0] != QuarterTurns.Count * images)
        {
            throw new ArgumentException(
                $"expected class logits [4B, C] and labels [B], got [{string.Join(", ", classLogits.shape)}] and "
                + $"[{string.Join(", ", labels.shape)}]",
                nameof(classLogits));
        }

        if (!rotationLogits.shape.SequenceEqual([QuarterTurns.Count * images, QuarterTurns.Count]))
        {
            throw new ArgumentException(
                $"expected rotation logits [{QuarterTurns.Count * images}, 4], got [{string.Join(", ", rotationLogits.shape)}]",
                nameof(rotationLogits));
        }

        if (!(weight >= 0)) throw new ArgumentException($"expected a weight of 0 or more, got {weight}", nameof(weight));
        var rotations = RotationLoss.Compute(rotationLogits);
        var all = labels.repeat(QuarterTurns.Count);
        var known = all.ge(0).nonzero().squeeze(1);
        var classes = known.shape[0] == 0
            ? zeros([], dtype: classLogits.dtype, device: classLogits.device)
            : nn.functional.cross_entropy(classLogits.index_select(0, known), all.index_select(0, known));
        return (classes + (rotations * weight), classes, rotations);
    }
}
