using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Knowledge distillation (KD): Hinton, Vinyals &amp; Dean, "Distilling the knowledge in a neural network", 2015, arXiv 1503.02531.
/// </summary>
/// <remarks>
/// hard CE(z_s, y) + soft T^2 KL(p(z_t / T) || p(z_s / T)), both means over the batch, p the softmax over classes; the teacher's logits z_t
/// are detached. Deviations: the paper writes cross entropy with the soft targets, which differs from KL by a constant in the student; y
/// are pseudo-labels, and without them the soft part stands alone.
/// </remarks>
internal static class KnowledgeDistillationLoss
{
    /// <summary>The loss and its parts.</summary>
    /// <param name="student">float [B, K], logits.</param>
    /// <param name="teacher">float [B, K], logits.</param>
    /// <param name="options">Weights and temperature.</param>
    /// <param name="targets">int64 [B], pseudo-labels in 0..K-1; may be absent where their weight is 0.</param>
    /// <returns>The scalar loss, and the unweighted <c>hard</c> and <c>soft</c> (without T^2); parts of weight 0 are absent.</returns>
    /// <exception cref="ArgumentException">
    /// Shapes differ, a temperature is not positive, or pseudo-labels of positive weight are absent.
    /// </exception>
    public static (Tensor Loss, IReadOnlyDictionary<string, Tensor> Parts) Compute(
        Tensor student, Tensor teacher, KnowledgeDistillationOptions options, Tensor? targets = null)
    {
        LossArguments.Matrix(student, nameof(student));
        LossArguments.SameShape(student, teacher, nameof(teacher));
        var sum = new WeightedSum(student);
        if (options.Hard > 0)
        {
            var hard = targets
                ?? throw new ArgumentException($"expected pseudo-labels, since their weight is {options.Hard}", nameof(targets));
            sum.Add("hard", nn.functional.cross_entropy(student, hard), options.Hard);
        }

        if (options.Soft > 0)
        {
            sum.Add(
                "soft",
                KullbackLeibler.Compute(teacher, student, options.Temperature),
                options.Soft * options.Temperature * options.Temperature);
        }

        return sum.Result;
    }
}
