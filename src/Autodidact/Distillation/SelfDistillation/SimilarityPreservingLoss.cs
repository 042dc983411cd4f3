using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>Similarity-preserving knowledge distillation (SP): Tung &amp; Mori, ICCV 2019, arXiv 1907.09682, equations 1 to 4.</summary>
/// <remarks>
/// weight / B^2 * ||G_t - G_s||_F^2, where G is F F^T with rows divided by their Euclidean norm and F [B, ...] the batch's features, each
/// flattened; the teacher is detached. Student and teacher may differ in size. A row of zeros stays zero.
/// </remarks>
internal static class SimilarityPreservingLoss
{
    /// <summary>The loss.</summary>
    /// <param name="student">float [B, ...], feature vectors or maps.</param>
    /// <param name="teacher">float [B, ...].</param>
    /// <param name="options">Weight.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">A side has no features, or the sides differ in their number of rows.</exception>
    public static Tensor Compute(Tensor student, Tensor teacher, SimilarityPreservingOptions options)
    {
        var (taught, teaching) = (Similarities(student, nameof(student)), Similarities(teacher.detach(), nameof(teacher)));
        LossArguments.SameRows(student, teacher, nameof(teacher));
        return (teaching - taught).square().mean() * options.Weight;
    }

    private static Tensor Similarities(Tensor features, string name)
    {
        var rows = features.dim() > 2 ? features.flatten(1) : features;
        LossArguments.Matrix(rows, name);
        return nn.functional.normalize(mm(rows, rows.t()), p: 2, dim: 1);
    }
}
