using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>
/// Cross entropy of RotNet: Gidaris, Singh &amp; Komodakis, "Unsupervised representation learning by predicting image rotations", ICLR
/// 2018, arXiv 1803.07728.
/// </summary>
/// <remarks>
/// With z_i(r) the four logits of image i turned by r quarters of a circle: mean over i of 1/4 sum over r of -log softmax(z_i(r))[r]. Equal
/// logits give ln(4). The order of the rows is that of <see cref="QuarterTurns.All"/>. No deviation from the paper.
/// </remarks>
internal static class RotationLoss
{
    /// <summary>The loss of a batch in all four rotations.</summary>
    /// <param name="logits">float [4B, 4]; row r B + i is image i turned by r quarters.</param>
    /// <returns>A scalar, the mean over all rows.</returns>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public static Tensor Compute(Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(logits);
        if (logits.dim() != 2 || logits.shape[1] != QuarterTurns.Count || logits.shape[0] == 0 || logits.shape[0] % QuarterTurns.Count != 0)
        {
            throw new ArgumentException($"expected logits [4B, 4], got [{string.Join(", ", logits.shape)}]", nameof(logits));
        }

        return PretextLoss.Compute(logits, QuarterTurns.Labels(logits.shape[0] / QuarterTurns.Count, logits.device));
    }
}
