using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>
/// Divergence of a student's answers from a teacher's: KL(p || q) = sum over k of p_k (log p_k - log q_k), mean over rows.
/// </summary>
internal static class KullbackLeibler
{
    /// <summary>
    /// KL(softmax(teacher / T) || softmax(student / T)), mean over rows, without the factor T^2. The teacher is detached.
    /// </summary>
    /// <param name="teacher">float [B, K], logits.</param>
    /// <param name="student">float [B, K], logits.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <exception cref="ArgumentException">The temperature is not positive.</exception>
    public static Tensor Compute(Tensor teacher, Tensor student, double temperature)
    {
        LossArguments.Temperature(temperature, nameof(temperature));
        return FromTeacher(LogProbabilities(teacher, temperature), student / temperature);
    }

    /// <summary>log softmax(logits / T), without gradient: computed once for a teacher of several exits.</summary>
    public static Tensor LogProbabilities(Tensor logits, double temperature) => nn.functional.log_softmax(logits.detach() / temperature, 1);

    /// <summary>KL of a teacher that is known by its log probabilities, mean over rows.</summary>
    /// <param name="teacher">float [B, K], log probabilities.</param>
    /// <param name="student">float [B, K], logits over their temperature.</param>
    public static Tensor FromTeacher(Tensor teacher, Tensor student) =>
        (teacher.exp() * (teacher - nn.functional.log_softmax(student, 1))).sum(1).mean();
}
