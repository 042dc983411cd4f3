using Autodidact.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Cross entropy of a student with soft assignments to k-means centroids, in place of one pseudo-label. A construction of this project.
/// </summary>
/// <remarks>
/// Mean over the batch of -sum over k of q_k log p(z)_k, with p the softmax of the student's logits and q = softmax over k of s(f, c_k) /
/// T; s is the cosine of the teacher's feature f and centroid c_k, or -|f - c_k|^2, for which q is the posterior of equal spherical
/// Gaussians of variance T / 2. q is detached, and T acts on q alone. As T goes to 0 the loss becomes cross entropy with the nearest
/// centroid.
/// </remarks>
internal static class SoftAssignmentLoss
{
    /// <summary>The assignments q, which can be computed once for a whole training set.</summary>
    /// <param name="features">float [B, D], the teacher's; not normalised.</param>
    /// <param name="centroids">float [K, D].</param>
    /// <param name="options">Similarity and temperature.</param>
    /// <returns>float [B, K], detached; rows sum to 1.</returns>
    /// <exception cref="ArgumentException">Features and centroids differ in dimension, or the temperature is not positive.</exception>
    public static Tensor Assign(Tensor features, Tensor centroids, SoftAssignmentOptions options)
    {
        LossArguments.Matrix(features, nameof(features));
        LossArguments.Matrix(centroids, nameof(centroids));
        LossArguments.Temperature(options.Temperature, nameof(options));
        if (features.shape[1] != centroids.shape[1])
        {
            throw new ArgumentException(
                $"expected features of {centroids.shape[1]} dimensions as the centroids have, got {features.shape[1]}", nameof(features));
        }

        return nn.functional.softmax(Similarity(features.detach(), centroids.detach(), options.Similarity) / options.Temperature, 1);
    }

    /// <summary>The loss.</summary>
    /// <param name="logits">float [B, K], the student's.</param>
    /// <param name="assignments">float [B, K], of <see cref="Assign"/>.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The arguments are no matrices of one shape.</exception>
    public static Tensor Compute(Tensor logits, Tensor assignments) => PerImage(logits, assignments).mean();

    /// <summary>The loss before its mean: [B].</summary>
    internal static Tensor PerImage(Tensor logits, Tensor assignments)
    {
        LossArguments.Matrix(logits, nameof(logits));
        LossArguments.SameShape(logits, assignments, nameof(assignments));
        return -(assignments.detach() * nn.functional.log_softmax(logits, 1)).sum(1);
    }

    private static Tensor Similarity(Tensor features, Tensor centroids, CentroidSimilarity similarity) => similarity switch
    {
        CentroidSimilarity.Cosine =>
            mm(nn.functional.normalize(features, p: 2, dim: 1), nn.functional.normalize(centroids, p: 2, dim: 1).t()),

        // Without -|f|^2, which is one number a row: the softmax does not see it, and digits are kept.
        CentroidSimilarity.SquaredDistance => (2 * mm(features, centroids.t())) - centroids.square().sum(1),
        _ => throw new ArgumentOutOfRangeException(nameof(similarity), similarity, "unknown similarity"),
    };
}
