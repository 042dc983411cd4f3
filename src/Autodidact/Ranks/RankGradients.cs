using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Ranks;

/// <summary>Adds up what the ranks' backward passes left.</summary>
internal static class RankGradients
{
    /// <summary>
    /// Sums the gradients over the ranks. A parameter that no rank's loss reached stays without one; one that some reached gets one on all.
    /// </summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="parameters">The parameters, in the same order on every rank.</param>
    public static void Sum(RankGroup ranks, IEnumerable<Tensor> parameters)
    {
        if (ranks.Size == 1) return;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var all = parameters.ToArray();
        var own = Array.ConvertAll(all, p => p.grad is null ? (byte)0 : (byte)1);
        var reached = ranks.Gather(own);
        var gradients = new List<Tensor>();
        for (var i = 0; i < all.Length; i++)
        {
            if (!Enumerable.Range(0, ranks.Size).Any(r => reached[(r * all.Length) + i] != 0)) continue;
            if (own[i] == 0) all[i].grad = zeros_like(all[i]).DetachFromDisposeScope();
            gradients.Add(all[i].grad!);
        }

        foreach (var type in gradients.GroupBy(g => g.dtype)) ranks.SumTogether([.. type]);
    }
}
