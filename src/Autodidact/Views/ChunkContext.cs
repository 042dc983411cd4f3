using Autodidact.Images;
using Autodidact.Numerics;

namespace Autodidact.Views;

/// <summary>What every view of a generator has in common.</summary>
internal sealed record ChunkContext(IImageSet Images, ulong Seed)
{
    /// <summary>The random stream of one view: a pure function of these, whoever renders it, in whatever batch.</summary>
    internal CounterRandom Stream(int epoch, int index, int view) => new(Seed, (uint)epoch, (uint)index, (uint)view);
}
