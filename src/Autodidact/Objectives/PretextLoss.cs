using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>
/// Cross entropy of a question whose answer is known because the question was made from the image: which permutation the tiles were
/// shuffled by (Noroozi &amp; Favaro, "Unsupervised learning of visual representations by solving jigsaw puzzles", ECCV 2016, arXiv
/// 1603.09246), where a patch lies beside another (Doersch, Gupta &amp; Efros, "Unsupervised visual representation learning by context
/// prediction", ICCV 2015, arXiv 1505.05192).
/// </summary>
/// <remarks>
/// mean over i of -log( exp(z_i[y_i]) / sum over k of exp(z_i[k]) ). Equal logits give ln(K), which is where training starts.
/// </remarks>
internal static class PretextLoss
{
    /// <summary>The loss of a batch of answers.</summary>
    /// <param name="logits">float [B, K].</param>
    /// <param name="answers">The true ones: int64 [B], 0 to K - 1.</param>
    /// <returns>A scalar, the mean over the batch.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or there is one answer to choose from.</exception>
    public static Tensor Compute(Tensor logits, Tensor answers)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(answers);
        if (logits.dim() != 2 || logits.shape[1] < 2)
        {
            throw new ArgumentException($"expected logits [B, K] with K >= 2, got [{string.Join(", ", logits.shape)}]", nameof(logits));
        }

        if (answers.dim() != 1 || answers.shape[0] != logits.shape[0] || answers.dtype != ScalarType.Int64)
        {
            throw new ArgumentException(
                $"expected int64 answers [{logits.shape[0]}], got {answers.dtype} [{string.Join(", ", answers.shape)}]", nameof(answers));
        }

        return nn.functional.cross_entropy(logits, answers);
    }

    /// <summary>Fraction of a batch whose largest logit is the true answer's: a scalar without gradient.</summary>
    /// <param name="logits">float [B, K].</param>
    /// <param name="answers">int64 [B].</param>
    internal static Tensor Accuracy(Tensor logits, Tensor answers)
    {
        using var noGrad = no_grad();
        return logits.argmax(1).eq(answers).to(ScalarType.Float32).mean();
    }
}
