using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Cosine distance of a student's feature from the encoder's. The form is that of BYOL's regression (Grill et al., NeurIPS 2020, arXiv
/// 2006.07733, equation 2), with a frozen encoder in the target's place.
/// </summary>
/// <remarks>
/// Mean over the batch of 2 - 2 cos(p, f), which is the squared distance of the normalised features, 0 to 4; f is detached. A feature of
/// zeros has cosine 0.
/// </remarks>
internal static class FeatureRegressionLoss
{
    /// <summary>The loss.</summary>
    /// <param name="student">float [B, D], an exit's feature, projected to the encoder's dimension; not normalised.</param>
    /// <param name="teacher">float [B, D], the encoder's feature; not normalised.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The features are no matrices of one shape.</exception>
    public static Tensor Compute(Tensor student, Tensor teacher)
    {
        LossArguments.Matrix(student, nameof(student));
        LossArguments.SameShape(student, teacher, nameof(teacher));
        var cosine = (nn.functional.normalize(student, p: 2, dim: 1) * nn.functional.normalize(teacher.detach(), p: 2, dim: 1)).sum(1);
        return 2 - (2 * cosine.mean());
    }
}
