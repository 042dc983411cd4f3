using Autodidact.Ranks;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// Batch norm of one group of images at a time, the groups divided among ranks. Each group is normalised by its own statistics; the running
/// ones move as if one process had seen all groups, one after the other.
/// </summary>
internal sealed class SeparateStatistics : IDisposable
{
    private readonly RankGroup _ranks;
    private readonly BatchNormalization[] _norms;

    private SeparateStatistics(RankGroup ranks, BatchNormalization[] norms) => (_ranks, _norms) = (ranks, norms);

    /// <summary>Begins; null where one rank sees all groups anyway.</summary>
    /// <param name="ranks">The ranks, with the same number of groups each.</param>
    /// <param name="network">The network that sees the groups.</param>
    public static SeparateStatistics? Begin(RankGroup ranks, nn.Module network)
    {
        if (ranks.Size == 1) return null;
        var norms = network.modules().OfType<BatchNormalization>().ToArray();
        foreach (var norm in norms) norm.Groups = [];
        return new SeparateStatistics(ranks, norms);
    }

    /// <summary>Ends, and moves the running statistics.</summary>
    public void Dispose()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var norm in _norms)
        {
            var own = norm.Groups!;
            norm.Groups = null;
            if (own.Count == 0) continue;
            var groups = _ranks.Gather(stack([.. own]), own.Count * _ranks.Size);
            for (var group = 0L; group < groups.shape[0]; group++) norm.Track(groups[group, 0], groups[group, 1]);
            foreach (var statistics in own) statistics.Dispose();
        }
    }
}
