using Autodidact.Models;
using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// MUSE-style loss, after Gong, Yu, Mittal, Mori &amp; Chen, "MUSE: Feature self-distillation with mutual information and
/// self-information", BMVC 2021, arXiv 2110.12606. Only the idea is from there, exits that keep much mutual information with the deepest
/// and much self-information, joined by sum or product; the objective itself is not public. Both estimators, the weights and what teaches
/// are choices of this project, so no result of it is one of MUSE.
/// </summary>
/// <remarks>
/// With exits i = 1..n, n deepest, y the pseudo-label: sum over i of CE(z_i, y) - weight [ sum over i &lt; n of J(I_i, H_i) + H_n ], J the
/// sum or the product of its arguments. Features are first brought to length sqrt(D). I_i = mean of -softplus(-T_i(f_i, f_n)) - mean of
/// softplus(T_i(f_i, f_n')) + 2 ln 2 is the Jensen-Shannon estimator of Deep InfoMax (Hjelm et al., ICLR 2019, arXiv 1808.06670), at most 2
/// ln 2, and 0 where the discriminator T_i knows nothing; f_n' is that of the batch's image before; f_n is detached. H_i = mean over
/// dimensions d of ln(1 + var f_i[d]) / 2, the variance over the batch without Bessel's correction, is the information of a Gaussian of
/// that variance read through noise of variance 1: 0 where all features are equal, at most ln(2) / 2. CE and both kinds of information are
/// means over the batch, in nats.
/// </remarks>
internal static class MuseStyleLoss
{
    /// <summary>The loss and its parts.</summary>
    /// <param name="outputs">Features [B, D] and logits [B, K] of the exits, shallow to deep, B &gt;= 2.</param>
    /// <param name="targets">int64 [B], pseudo-labels in 0..K-1.</param>
    /// <param name="options">Weight and form.</param>
    /// <param name="discriminator">T_i: exit, its features and the deepest's [B, D], both of length sqrt(D), to scores [B].</param>
    /// <returns>
    /// The scalar loss, and the unweighted sums over exits of <c>hard</c>, <c>information</c> (I) and <c>self_information</c> (H); without
    /// weight the last two are absent.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// There are no exits, features and logits differ in number, or the batch has fewer than two images.
    /// </exception>
    public static (Tensor Loss, IReadOnlyDictionary<string, Tensor> Parts) Compute(
        ExitOutputs outputs, Tensor targets, MuseStyleOptions options, Func<int, Tensor, Tensor, Tensor> discriminator)
    {
        var deepest = outputs.Logits.Count - 1;
        if (deepest < 0 || outputs.Features.Count != outputs.Logits.Count)
        {
            throw new ArgumentException(
                $"expected as many features as logits, got {outputs.Features.Count} and {outputs.Logits.Count}", nameof(outputs));
        }

        LossArguments.Matrix(outputs.Features[0], nameof(outputs), atLeastRows: 2);
        var hard = Sum(outputs.Logits.Select(logits => nn.functional.cross_entropy(logits, targets)));
        var parts = new Dictionary<string, Tensor> { ["hard"] = hard.detach() };
        if (options.Weight == 0) return (hard, parts);

        var features = outputs.Features.Select(f => nn.functional.normalize(f, p: 2, dim: 1) * Math.Sqrt(f.shape[1])).ToArray();
        var teacher = features[deepest].detach();
        var own = features.Select(SelfInformation).ToArray();
        var mutual = features.Take(deepest)
            .Select((f, i) => MutualInformation(discriminator(i, f, teacher), discriminator(i, f, teacher.roll(1, 0))))
            .ToArray();
        var joined = mutual.Zip(own, (i, h) => options.Form switch
        {
            MuseStyleForm.Additive => i + h,
            MuseStyleForm.Multiplicative => i * h,
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Form, "unknown form"),
        });
        parts["information"] = Sum([zeros_like(hard), .. mutual]).detach();
        parts["self_information"] = Sum(own).detach();
        return (hard - (Sum([.. joined, own[deepest]]) * options.Weight), parts);
    }

    private static Tensor MutualInformation(Tensor joint, Tensor marginal) =>
        (2 * Math.Log(2)) - nn.functional.softplus(-joint).mean() - nn.functional.softplus(marginal).mean();

    private static Tensor SelfInformation(Tensor features) => (features - features.mean([0])).square().mean([0]).log1p().mean() / 2;

    private static Tensor Sum(IEnumerable<Tensor> terms) => terms.Aggregate((a, b) => a + b);
}
