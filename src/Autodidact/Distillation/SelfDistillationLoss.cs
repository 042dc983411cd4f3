using Autodidact.Models;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Self-distillation loss of a multi-exit network: Zhang, Song, Gao, Chen, Bao &amp; Ma, "Be your own teacher", ICCV 2019, arXiv 1905.08094;
/// here on pseudo-labels, as in Chen &amp; Chu, "SSSD", WACV 2023. Formula and conventions: <see cref="SelfDistillationOptions"/>.
/// </summary>
public static class SelfDistillationLoss
{
    /// <summary>The loss and its parts.</summary>
    /// <param name="outputs">Features [B, D] and logits [B, K] of n exits, shallow to deep; the deepest is detached where it teaches.</param>
    /// <param name="targets">int64 [B], pseudo-labels in 0..K-1.</param>
    /// <param name="options">Weights and conventions.</param>
    /// <param name="adapt">Maps feature i before the hint; null is the identity.</param>
    /// <returns>The scalar loss, and the unweighted sums over exits of <c>hard</c> (with the deepest), <c>soft</c> (without T^2) and <c>hint</c>; parts of weight 0 are absent.</returns>
    /// <exception cref="ArgumentException">There are no exits, or features and logits differ in number.</exception>
    public static (Tensor Loss, IReadOnlyDictionary<string, Tensor> Parts) Compute(
        ExitOutputs outputs,
        Tensor targets,
        SelfDistillationOptions options,
        Func<int, Tensor, Tensor>? adapt = null)
    {
        var exits = outputs.Logits.Count;
        if (exits == 0 || outputs.Features.Count != exits)
        {
            throw new ArgumentException($"expected as many features as logits, got {outputs.Features.Count} and {exits}", nameof(outputs));
        }

        var deepest = exits - 1;
        var hard = Parts(exits, i => CrossEntropy(outputs.Logits[i], targets, options.LabelSmoothing));
        var loss = hard[deepest] * options.DeepestHard;
        var parts = new Dictionary<string, Tensor> { ["hard"] = Sum(hard).detach() };
        if (deepest == 0)
        {
            return (loss, parts);
        }

        loss += Sum(hard[..deepest]) * options.Hard;
        if (options.Soft > 0)
        {
            var teacher = nn.functional.log_softmax(outputs.Logits[deepest].detach() / options.Temperature, 1);
            var soft = Sum(Parts(deepest, i => Divergence(teacher, outputs.Logits[i] / options.Temperature)));
            var scale = options.TemperatureSquared ? options.Temperature * options.Temperature : 1;
            loss += soft * (options.Soft * scale);
            parts["soft"] = soft.detach();
        }

        var hinted = Math.Max(0, deepest - options.HintSkipsDeep);
        if (options.Hint > 0 && hinted > 0)
        {
            var teacher = outputs.Features[deepest].detach();
            var hint = Sum(Parts(hinted, i => Distance((adapt?.Invoke(i, outputs.Features[i]) ?? outputs.Features[i]) - teacher, options.HintForm)));
            loss += hint * options.Hint;
            parts["hint"] = hint.detach();
        }

        return (loss, parts);
    }

    /// <summary>Cross entropy with the pseudo-label, mean over the batch.</summary>
    internal static Tensor CrossEntropy(Tensor logits, Tensor targets, double smoothing) =>
        nn.functional.cross_entropy(logits, targets, label_smoothing: smoothing);

    /// <summary>KL(teacher || student), mean over the batch.</summary>
    private static Tensor Divergence(Tensor teacherLogProbabilities, Tensor studentLogits) =>
        (teacherLogProbabilities.exp() * (teacherLogProbabilities - nn.functional.log_softmax(studentLogits, 1))).sum(1).mean();

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
