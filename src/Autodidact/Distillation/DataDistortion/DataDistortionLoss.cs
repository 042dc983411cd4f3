using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Data-distortion guided self-distillation (DDGSD): Xu &amp; Liu, "Data-distortion guided self-distillation for deep neural networks",
/// AAAI 2019.
/// </summary>
/// <remarks>
/// With logits z and features f of two views of each image, one network: hard [CE(z_1, y) + CE(z_2, y)] + soft T^2 [KL(p(z_1 / T) || p(z_2
/// / T)) + KL(p(z_2 / T) || p(z_1 / T))] + discrepancy |mean f_1 - mean f_2|^2. CE and KL are means over the batch; the last is the maximum
/// mean discrepancy (MMD) with a linear kernel, a sum over dimensions. The first side of each KL is the teacher and detached; the
/// discrepancy has no teacher and moves both views. Choices of ours: the detachment and T^2, which the sources at hand leave open; y are
/// pseudo-labels.
/// </remarks>
internal static class DataDistortionLoss
{
    /// <summary>The loss and its parts.</summary>
    /// <param name="logits">float [B, K], of the two views.</param>
    /// <param name="features">float [B, D], of the two views.</param>
    /// <param name="options">Weights and temperature.</param>
    /// <param name="targets">int64 [B], pseudo-labels in 0..K-1; may be absent where their weight is 0.</param>
    /// <returns>
    /// The scalar loss, and the unweighted <c>hard</c> and <c>soft</c> (sums over the views, the latter without T^2) and
    /// <c>discrepancy</c>; parts of weight 0 are absent.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// Shapes differ, a temperature is not positive, or pseudo-labels of positive weight are absent.
    /// </exception>
    public static (Tensor Loss, IReadOnlyDictionary<string, Tensor> Parts) Compute(
        (Tensor First, Tensor Second) logits,
        (Tensor First, Tensor Second) features,
        DataDistortionOptions options,
        Tensor? targets = null)
    {
        LossArguments.Matrix(logits.First, nameof(logits));
        LossArguments.SameShape(logits.First, logits.Second, nameof(logits));
        LossArguments.Matrix(features.First, nameof(features));
        LossArguments.SameShape(features.First, features.Second, nameof(features));
        LossArguments.SameRows(logits.First, features.First, nameof(features));
        var sum = new WeightedSum(logits.First);
        if (options.Hard > 0)
        {
            var hard = targets
                ?? throw new ArgumentException($"expected pseudo-labels, since their weight is {options.Hard}", nameof(targets));
            sum.Add(
                "hard", nn.functional.cross_entropy(logits.First, hard) + nn.functional.cross_entropy(logits.Second, hard), options.Hard);
        }

        if (options.Soft > 0)
        {
            var soft = KullbackLeibler.Compute(logits.First, logits.Second, options.Temperature)
                + KullbackLeibler.Compute(logits.Second, logits.First, options.Temperature);
            sum.Add("soft", soft, options.Soft * options.Temperature * options.Temperature);
        }

        if (options.Discrepancy > 0)
        {
            sum.Add("discrepancy", (features.First.mean([0]) - features.Second.mean([0])).square().sum(), options.Discrepancy);
        }

        return sum.Result;
    }
}
