using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// SEED: Fang, Wang, Wang, Zhang, Yang &amp; Liu, "SEED: Self-supervised distillation for visual representation", ICLR 2021, arXiv
/// 2101.04731.
/// </summary>
/// <remarks>
/// Mean over the batch of -sum over j of p_t[j] log p_s[j], with p_t = softmax([D t, t.t] / T_t) and p_s = softmax([D s, s.t] / T_s): t and
/// s are the L2-normalised embeddings of one view, D the queue of the teacher's embeddings, and the teacher's embedding of the image itself
/// is the last entry. Teacher and queue are detached. It differs from a KL divergence by the teacher's entropy.
/// </remarks>
internal static class SeedDistillationLoss
{
    /// <summary>The loss.</summary>
    /// <param name="student">float [B, D], projected to the teacher's dimension; not normalised.</param>
    /// <param name="teacher">float [B, D], not normalised.</param>
    /// <param name="queue">float [M, D], rows of length 1.</param>
    /// <param name="temperature">Temperature of the student's similarities, T_s.</param>
    /// <param name="teacherTemperature">Temperature of the teacher's, T_t.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">Shapes do not fit, or a temperature is not positive.</exception>
    public static Tensor Compute(Tensor student, Tensor teacher, Tensor queue, double temperature, double teacherTemperature)
    {
        LossArguments.Matrix(student, nameof(student));
        LossArguments.SameShape(student, teacher, nameof(teacher));
        LossArguments.SameColumns(queue, teacher, nameof(queue));
        LossArguments.Temperature(temperature, nameof(temperature));
        LossArguments.Temperature(teacherTemperature, nameof(teacherTemperature));
        var (s, t) = (nn.functional.normalize(student, p: 2, dim: 1), nn.functional.normalize(teacher.detach(), p: 2, dim: 1));
        var target = nn.functional.softmax(Similarities(t, t, queue) / teacherTemperature, 1);
        return -(target * nn.functional.log_softmax(Similarities(s, t, queue) / temperature, 1)).sum(1).mean();
    }

    private static Tensor Similarities(Tensor embeddings, Tensor own, Tensor queue) =>
        cat([mm(embeddings, queue.detach().t()), (embeddings * own).sum(1, keepdim: true)], 1);
}
