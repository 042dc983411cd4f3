using Autodidact.Images;
using Autodidact.Numerics;

namespace Autodidact.Views;

/// <summary>The images and the seed that all views of a generator share.</summary>
internal sealed record ChunkContext(IImageSet Images, ulong Seed)
{
    /// <summary>The random stream of one view: a pure function of its arguments, independent of worker and batch.</summary>
    internal CounterRandom Stream(int epoch, int index, int view) => new(Seed, (uint)epoch, (uint)index, (uint)view);
}
