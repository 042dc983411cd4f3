using Autodidact.Models;
using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Self-distillation loss of a multi-exit network: Zhang, Song, Gao, Chen, Bao &amp; Ma, "Be your own teacher", ICCV 2019, arXiv
/// 1905.08094; here on pseudo-labels, as in Chen &amp; Chu, "SSSD", WACV 2023. Formula and conventions:
/// <see cref="SelfDistillationOptions"/>.
/// </summary>
internal static class SelfDistillationLoss
{
    /// <summary>The loss and its parts.</summary>
    /// <param name="outputs">
    /// Features [B, D] and logits [B, K] of n exits, shallow to deep; whoever teaches is detached where it does.
    /// </param>
    /// <param name="targets">int64 [B], pseudo-labels in 0..K-1, or float [B, K], distributions over them.</param>
    /// <param name="options">Weights and conventions.</param>
    /// <param name="adapt">Maps feature i before the hint; null is the identity.</param>
    /// <param name="weights">float [B], how much each image counts in the cross entropies, 1 on the average; null is 1 for all.</param>
    /// <returns>
    /// The scalar loss, and the unweighted sums over exits of <c>hard</c> (with the deepest), <c>soft</c> (without T^2) and <c>hint</c>;
    /// parts of weight 0 are absent.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// There are no exits, features and logits differ in number, or distributions or weights do not have their shape.
    /// </exception>
    public static (Tensor Loss, IReadOnlyDictionary<string, Tensor> Parts) Compute(
        ExitOutputs outputs,
        Tensor targets,
        SelfDistillationOptions options,
        Func<int, Tensor, Tensor>? adapt = null,
        Tensor? weights = null)
    {
        var exits = outputs.Logits.Count;
        if (exits == 0 || outputs.Features.Count != exits)
        {
            throw new ArgumentException($"expected as many features as logits, got {outputs.Features.Count} and {exits}", nameof(outputs));
        }

        var deepest = exits - 1;
        var hard = Parts(exits, i => CrossEntropy(outputs.Logits[i], targets, options.LabelSmoothing, weights));
        var loss = hard[deepest] * options.DeepestHard;
        var parts = new Dictionary<string, Tensor> { ["hard"] = Sum(hard).detach() };
        if (deepest == 0)
        {
            return (loss, parts);
        }

        loss += Sum(hard[..deepest]) * options.Hard;
        if (options.Soft > 0)
        {
            var ensemble = options.Teacher switch
            {
                TeacherForm.Deepest => false,
                TeacherForm.Ensemble => true,
                _ => throw new ArgumentOutOfRangeException(nameof(options), options.Teacher, "no teacher of this form is known"),
            };
            var teaching = ensemble ? stack(outputs.Logits).mean([0]) : outputs.Logits[deepest];
            var teacher = KullbackLeibler.LogProbabilities(teaching, options.Temperature);
            var soft =
                Sum(Parts(ensemble ? exits : deepest, i => KullbackLeibler.FromTeacher(teacher, outputs.Logits[i] / options.Temperature)));
            var scale = options.TemperatureSquared ? options.Temperature * options.Temperature : 1;
            loss += soft * (options.Soft * scale);
            parts["soft"] = soft.detach();
        }

        var hinted = Math.Max(0, deepest - options.HintSkipsDeep);
        if (options.Hint > 0 && hinted > 0)
        {
            var teacher = outputs.Features[deepest].detach();
            var hint = Sum(
                Parts(hinted, i => Distance((adapt?.Invoke(i, outputs.Features[i]) ?? outputs.Features[i]) - teacher, options.HintForm)));
            loss += hint * options.Hint;
            parts["hint"] = hint.detach();
        }

        return (loss, parts);
    }

    /// <summary>Cross entropy with pseudo-labels or distributions, mean over the batch of what each image's weight makes of it.</summary>
    internal static Tensor CrossEntropy(Tensor logits, Tensor targets, double smoothing, Tensor? weights)
    {
        var distributions = targets.is_floating_point();
        if (weights is null)
        {
            return distributions
                ? SoftAssignmentLoss.Compute(logits, targets)
                : nn.functional.cross_entropy(logits, targets, label_smoothing: smoothing);
        }

        var images = distributions
            ? SoftAssignmentLoss.PerImage(logits, targets)
            : nn.functional.cross_entropy(logits, targets, label_smoothing: smoothing, reduction: nn.Reduction.None);
        LossArguments.SameShape(weights, images, nameof(weights));
        return (weights.detach() * images).mean();
    }

    private static Tensor Distance(Tensor difference, HintForm form) => form switch
    {
        HintForm.SumOfSquares => difference.square().sum(),
        HintForm.MeanOfSquares => difference.square().mean(),

        // The norm's gradient is undefined at zero; the offset is far below float32's resolution of any real difference.
        HintForm.Norm => (difference.square().sum() + 1e-12).sqrt(),
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, "unknown form of the hint"),
    };

    private static Tensor[] Parts(int count, Func<int, Tensor> part) => [.. Enumerable.Range(0, count).Select(part)];

    private static Tensor Sum(Tensor[] terms) => terms.Aggregate((a, b) => a + b);
}
