using Autodidact.Objectives;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// S2SD at one exit: Roth, Milbich, Ommer, Cohen &amp; Ghassemi, "Simultaneous similarity-based self-distillation for deep metric
/// learning", ICML 2021, arXiv 2009.08348.
/// </summary>
/// <remarks>
/// With f and z the exit's feature and logits, g_h and z_h those of its h = 1..H heads, b the backbone's feature and D
/// <see cref="SimilarityDistillationLoss"/> (student, teacher): 1/2 [CE(z, y) + 1/H sum over h of CE(z_h, y)] + 1/H sum over h of D(f, g_h)
/// + D(f, b). The heads and b are detached in D. Deviation: a classifier's cross entropy with pseudo-labels y stands in the place of a
/// metric-learning loss, on the exit and on every head.
/// </remarks>
internal static class S2sdLoss
{
    /// <summary>The loss and its parts.</summary>
    /// <param name="exit">float [B, D] and [B, K], B &gt;= 2.</param>
    /// <param name="heads">float [B, E] and [B, K] of each head; at least one.</param>
    /// <param name="targets">int64 [B], pseudo-labels in 0..K-1.</param>
    /// <param name="options">Weight and temperature of the similarities.</param>
    /// <param name="backbone">float [B, F]; null leaves its term out.</param>
    /// <returns>
    /// The scalar loss, and <c>hard</c> (the exit's cross entropy), <c>heads_hard</c> (its mean over heads), <c>heads</c> (mean of D over
    /// heads) and <c>backbone</c> (the last D); the latter two carry the weight of <see cref="SimilarityDistillationOptions"/>.
    /// </returns>
    /// <exception cref="ArgumentException">There are no heads, or shapes differ.</exception>
    public static (Tensor Loss, IReadOnlyDictionary<string, Tensor> Parts) Compute(
        (Tensor Feature, Tensor Logits) exit,
        IReadOnlyList<(Tensor Embedding, Tensor Logits)> heads,
        Tensor targets,
        S2sdOptions options,
        Tensor? backbone = null)
    {
        LossArguments.Matrix(exit.Logits, nameof(exit));
        if (heads.Count == 0)
        {
            throw new ArgumentException("expected one head at least", nameof(heads));
        }

        foreach (var (_, logits) in heads) LossArguments.SameShape(exit.Logits, logits, nameof(heads));
        var sum = new WeightedSum(exit.Logits);
        sum.Add("hard", nn.functional.cross_entropy(exit.Logits, targets), 0.5);
        sum.Add("heads_hard", Mean(heads.Select(h => nn.functional.cross_entropy(h.Logits, targets))), 0.5);
        sum.Add("heads", Mean(heads.Select(h => SimilarityDistillationLoss.Compute(exit.Feature, h.Embedding, options.Similarity))), 1);
        if (backbone is not null)
        {
            sum.Add("backbone", SimilarityDistillationLoss.Compute(exit.Feature, backbone, options.Similarity), 1);
        }

        return sum.Result;
    }

    private static Tensor Mean(IEnumerable<Tensor> terms) => stack([.. terms]).mean();
}
