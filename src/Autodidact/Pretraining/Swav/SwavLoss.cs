using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Swapped prediction of SwAV: every view predicts the code of every other. Caron, Misra, Mairal, Goyal, Bojanowski &amp; Joulin,
/// "Unsupervised learning of visual features by contrasting cluster assignments", NeurIPS 2020, arXiv 2006.09882, equations 1 and 2, and
/// their form for more than two views.
/// </summary>
/// <remarks>
/// Mean over all pairs of a coded view s and another view t of the batch's mean of -sum over prototypes c of q_s[c] log softmax(scores_t /
/// temperature)[c]. Codes q take no gradient. Equal scores give ln K.
/// </remarks>
internal static class SwavLoss
{
    /// <summary>The loss of a batch.</summary>
    /// <param name="scores">Products of embeddings and prototypes for each view, float [B, K] each, coded views first.</param>
    /// <param name="codes">Code of each of the first views, [B, K] each; rows sum to 1.</param>
    /// <param name="temperature">&gt; 0; 0.1 is published.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">
    /// There are fewer than two views, no codes, or more codes than views; a shape does not fit; or the temperature is not positive.
    /// </exception>
    public static Tensor Compute(IReadOnlyList<Tensor> scores, IReadOnlyList<Tensor> codes, double temperature)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(codes);
        if (scores.Count < 2 || codes.Count < 1 || codes.Count > scores.Count)
        {
            throw new ArgumentException(
                $"expected two views or more and codes of some of them, got {scores.Count} views and {codes.Count} codes", nameof(codes));
        }

        LossArguments.Matrix(scores[0], nameof(scores));
        foreach (var view in scores) LossArguments.SameShape(view, scores[0], nameof(scores));
        foreach (var code in codes) LossArguments.SameShape(code, scores[0], nameof(codes));
        LossArguments.Temperature(temperature, nameof(temperature));
        var predictions = scores.Select(view => nn.functional.log_softmax(view.div(temperature), 1)).ToArray();
        var pairs =
            from s in Enumerable.Range(0, codes.Count)
            from t in Enumerable.Range(0, scores.Count)
            where s != t
            select codes[s].detach().mul(predictions[t]).sum(1).mean();
        return stack([.. pairs]).mean().neg();
    }
}
