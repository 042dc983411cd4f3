using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>
/// Every image is a class of its own, and its class weight is what is remembered of it: Wu, Xiong, Yu &amp; Lin, "Unsupervised feature
/// learning via non-parametric instance discrimination", CVPR 2018, arXiv 1805.01978, the full softmax.
/// </summary>
/// <remarks>
/// mean over i of -log( exp(v_i . f_i / t) / sum over all n images j of exp(v_j . f_i / t) ), with f_i the L2-normalised embedding and v_j
/// the remembered unit vectors, which are constants in the gradient. Where all v_j are equal it is ln(n). No further term slows changes of
/// the memory beside its momentum, as in the authors' code.
/// </remarks>
internal static class NonParametricSoftmaxLoss
{
    /// <summary>The loss of a batch.</summary>
    /// <param name="embeddings">float [B, D], of any length.</param>
    /// <param name="memory">Unit vectors of all images: [n, D], taken as they are.</param>
    /// <param name="rows">Each embedding's image: int64 [B], 0 to n - 1.</param>
    /// <param name="temperature">t &gt; 0; the authors use 0.1 (CIFAR-10) and 0.07 (ImageNet).</param>
    /// <returns>A scalar, the mean over the batch.</returns>
    /// <exception cref="ArgumentException">The shapes do not agree, or the temperature is not positive.</exception>
    public static Tensor Compute(Tensor embeddings, Tensor memory, Tensor rows, double temperature)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(rows);
        if (embeddings.dim() != 2 || memory.dim() != 2 || memory.shape[1] != embeddings.shape[1])
        {
            throw new ArgumentException(
                $"expected embeddings [B, D] and a memory [n, D], got [{string.Join(", ", embeddings.shape)}] and "
                + $"[{string.Join(", ", memory.shape)}]",
                nameof(embeddings));
        }

        if (rows.dim() != 1 || rows.shape[0] != embeddings.shape[0])
        {
            throw new ArgumentException($"expected rows [{embeddings.shape[0]}], got [{string.Join(", ", rows.shape)}]", nameof(rows));
        }

        if (!(temperature > 0))
        {
            throw new ArgumentException($"expected a positive temperature, got {temperature}", nameof(temperature));
        }

        var unit = nn.functional.normalize(embeddings, p: 2, dim: 1);
        return nn.functional.cross_entropy(mm(unit, memory.detach().t()).div_(temperature), rows);
    }
}
