using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Similarity distillation of S2SD: Roth, Milbich, Ommer, Cohen &amp; Ghassemi, "Simultaneous similarity-based self-distillation for deep
/// metric learning", ICML 2021, arXiv 2009.08348.
/// </summary>
/// <remarks>
/// weight T^2 * mean over rows i of KL(softmax(S_t[i] / T) || softmax(S_s[i] / T)), with S[i, j] the cosine of rows i and j of the batch, i
/// = j included; the teacher is detached. Student and teacher may differ in dimension. This is one teacher's term: the method averages it
/// over several heads, and leaves the metric-learning loss on every head to the caller. The factor T^2 is a choice of ours; at the
/// published T = 1 it changes nothing.
/// </remarks>
internal static class SimilarityDistillationLoss
{
    /// <summary>The loss.</summary>
    /// <param name="student">float [B, D], B &gt;= 2, not normalised.</param>
    /// <param name="teacher">float [B, E], not normalised.</param>
    /// <param name="options">Weight and temperature.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">
    /// The batch has fewer than two rows, the sides differ in their number, or the temperature is not positive.
    /// </exception>
    public static Tensor Compute(Tensor student, Tensor teacher, SimilarityDistillationOptions options)
    {
        LossArguments.Matrix(student, nameof(student), atLeastRows: 2);
        LossArguments.Matrix(teacher, nameof(teacher), atLeastRows: 2);
        LossArguments.SameRows(student, teacher, nameof(teacher));
        return KullbackLeibler.Compute(Cosines(teacher.detach()), Cosines(student), options.Temperature)
            * (options.Weight * options.Temperature * options.Temperature);
    }

    private static Tensor Cosines(Tensor rows)
    {
        var unit = nn.functional.normalize(rows, p: 2, dim: 1);
        return mm(unit, unit.t());
    }
}
