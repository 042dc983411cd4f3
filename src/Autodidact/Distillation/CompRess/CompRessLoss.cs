using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// CompRess: Abbasi Koohpayegani, Tejankar &amp; Pirsiavash, "CompRess: Self-supervised learning by compressing representations", NeurIPS
/// 2020, arXiv 2010.14713.
/// </summary>
/// <remarks>
/// Mean over the batch of KL(softmax(A_t t / T) || softmax(A_s s / T)), with t and s the L2-normalised embeddings of one view, and the rows
/// of A_t and A_s those of the same anchor images. Both sides have the temperature T, and the loss is not multiplied by T^2. Teacher and
/// anchors are detached. With the teacher's anchors on both sides it is the paper's 1q, with anchors of the student's own 2q.
/// </remarks>
internal static class CompRessLoss
{
    /// <summary>The loss.</summary>
    /// <param name="student">float [B, D], not normalised.</param>
    /// <param name="teacher">float [B, E], not normalised.</param>
    /// <param name="studentAnchors">float [M, D], rows of length 1.</param>
    /// <param name="teacherAnchors">float [M, E], rows of length 1, of the same images in the same order.</param>
    /// <param name="temperature">T.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">Rows or dimensions do not fit, or the temperature is not positive.</exception>
    public static Tensor Compute(Tensor student, Tensor teacher, Tensor studentAnchors, Tensor teacherAnchors, double temperature)
    {
        LossArguments.Matrix(student, nameof(student));
        LossArguments.Matrix(teacher, nameof(teacher));
        LossArguments.SameRows(student, teacher, nameof(teacher));
        LossArguments.SameColumns(studentAnchors, student, nameof(studentAnchors));
        LossArguments.SameColumns(teacherAnchors, teacher, nameof(teacherAnchors));
        LossArguments.SameRows(studentAnchors, teacherAnchors, nameof(teacherAnchors));
        return KullbackLeibler.Compute(Similarities(teacher.detach(), teacherAnchors), Similarities(student, studentAnchors), temperature);
    }

    private static Tensor Similarities(Tensor embeddings, Tensor anchors) =>
        mm(nn.functional.normalize(embeddings, p: 2, dim: 1), anchors.detach().t());
}
