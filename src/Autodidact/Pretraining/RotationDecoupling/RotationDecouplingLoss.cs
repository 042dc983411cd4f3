using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Makes half of a feature blind to rotation: Feng, Xu &amp; Tao, "Self-supervised representation learning by rotation feature decoupling",
/// CVPR 2019.
/// </summary>
/// <remarks>
/// With f_i(r) the rotation-irrelevant half of the feature of image i turned by r quarters, and m_i its mean over r: mean over i, r and
/// dimensions of (f_i(r) - sg m_i)^2. It is 0 where the four agree; the stop-gradient changes nothing, since distances from a mean add up
/// to 0. The method adds <see cref="RotationLoss"/> on the other half and <see cref="NoiseContrastiveLoss"/> on an embedding of m_i, each
/// with weight 1. Deviation: from epoch 210 of 245 the authors weight the cross entropy of turned images by 1 - p^2, with p from a file of
/// probabilities that a separately trained positive-unlabelled classifier gave; here the weight stays 1.
/// </remarks>
internal static class RotationDecouplingLoss
{
    /// <summary>Mean over the four rotations of each image, with gradient: [B, D].</summary>
    /// <param name="features">float [4B, D]; row r B + i is image i turned by r quarters.</param>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public static Tensor Mean(Tensor features)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.dim() != 2 || features.shape[0] == 0 || features.shape[0] % QuarterTurns.Count != 0)
        {
            throw new ArgumentException($"expected features [4B, D], got [{string.Join(", ", features.shape)}]", nameof(features));
        }

        return features.view(QuarterTurns.Count, -1, features.shape[1]).mean([0L]);
    }

    /// <summary>The mean squared distance from the mean over rotations, which is a constant in the gradient.</summary>
    /// <param name="features">float [4B, D]; row r B + i is image i turned by r quarters.</param>
    /// <returns>A scalar, the mean over rows and dimensions.</returns>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public static Tensor Invariance(Tensor features) =>
        nn.functional.mse_loss(features, Mean(features).detach().repeat(QuarterTurns.Count, 1));
}
