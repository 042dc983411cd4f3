using Autodidact.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Contrast of a query with its key and a queue of other images' keys (InfoNCE) of MoCo: He, Fan, Wu, Xie &amp; Girshick, "Momentum
/// contrast for unsupervised visual representation learning", CVPR 2020, arXiv 1911.05722, equation 1; v2: Chen, Fan, Girshick &amp; He,
/// 2020, arXiv 2003.04297.
/// </summary>
/// <remarks>
/// For each query q with key k and queue n_1 ... n_K, all of unit length: -log( exp(q.k/t) / (exp(q.k/t) + sum over j of exp(q.n_j/t)) ),
/// averaged over the batch. Keys and queue take no gradient. Equal embeddings everywhere give ln(1 + K).
/// </remarks>
internal static class MocoLoss
{
    /// <summary>The loss of a batch.</summary>
    /// <param name="queries">float [B, D], not normalised.</param>
    /// <param name="keys">[B, D], not normalised; row i is of the image of query i.</param>
    /// <param name="queue">[K, D], rows of unit length.</param>
    /// <param name="temperature">t &gt; 0; 0.2 in v2, 0.07 in the first paper.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or the temperature is not positive.</exception>
    public static Tensor Compute(Tensor queries, Tensor keys, Tensor queue, double temperature)
    {
        LossArguments.Matrix(queries, nameof(queries));
        LossArguments.Matrix(queue, nameof(queue));
        LossArguments.SameShape(keys, queries, nameof(keys));
        LossArguments.SameColumns(queue, queries, nameof(queue));
        LossArguments.Temperature(temperature, nameof(temperature));
        var q = nn.functional.normalize(queries, p: 2, dim: 1);
        var k = nn.functional.normalize(keys.detach(), p: 2, dim: 1);
        var positive = q.mul(k).sum([1L], keepdim: true);
        var logits = cat([positive, mm(q, queue.detach().t())], 1).div_(temperature);
        return nn.functional.cross_entropy(logits, zeros(queries.shape[0], ScalarType.Int64, queries.device));
    }
}
