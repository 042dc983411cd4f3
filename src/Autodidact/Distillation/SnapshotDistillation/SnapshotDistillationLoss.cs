using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Snapshot distillation: Yang, Xie, Su &amp; Yuille, "Snapshot distillation: teacher-student optimization in one generation", CVPR 2019,
/// arXiv 1812.00123.
/// </summary>
/// <remarks>
/// (1 + 1 / T) CE(z_s, y) + KL(p(z_t / T) || p(z_s)), both means over the batch, p the softmax over classes; the teacher's logits z_t are
/// detached, and T acts on them alone, so that the teacher is smoothed and the student is not. That the teacher is smoothed is the paper's;
/// the two weights, and KL in place of cross entropy with the smoothed answers, could not be checked against it and are to be read as ours.
/// y are pseudo-labels.
/// </remarks>
internal static class SnapshotDistillationLoss
{
    /// <summary>The loss and its parts.</summary>
    /// <param name="student">float [B, K], logits.</param>
    /// <param name="snapshot">float [B, K], logits of the student as it was.</param>
    /// <param name="options">The temperature.</param>
    /// <param name="targets">int64 [B], pseudo-labels in 0..K-1.</param>
    /// <returns>The scalar loss, and the unweighted <c>hard</c> and <c>soft</c>.</returns>
    /// <exception cref="ArgumentException">Shapes differ, or the temperature is not positive.</exception>
    public static (Tensor Loss, IReadOnlyDictionary<string, Tensor> Parts) Compute(
        Tensor student, Tensor snapshot, SnapshotDistillationOptions options, Tensor targets)
    {
        LossArguments.Matrix(student, nameof(student));
        LossArguments.SameShape(student, snapshot, nameof(snapshot));
        LossArguments.Temperature(options.Temperature, nameof(options));
        var sum = new WeightedSum(student);
        sum.Add("hard", nn.functional.cross_entropy(student, targets), 1 + (1 / options.Temperature));
        sum.Add("soft", KullbackLeibler.Compute(snapshot / options.Temperature, student, temperature: 1), 1);
        return sum.Result;
    }
}
