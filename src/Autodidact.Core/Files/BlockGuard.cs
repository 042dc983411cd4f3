namespace Autodidact.Files;

/// <summary>
/// Checks each block of a file in memory against its digest when it is first read, and never again. Safe to use from many threads.
/// </summary>
/// <param name="digests">What the file was.</param>
/// <param name="damaged">Says what is wrong, given the first byte of a damaged block.</param>
internal sealed class BlockGuard(BlockDigests digests, Func<long, AutodidactException> damaged)
{
    private readonly int[] _checked = new int[(digests.Count + 31) / 32];

    /// <summary>Checks the blocks that a stretch touches.</summary>
    /// <param name="start">Where the whole file lies in memory.</param>
    /// <param name="offset">First byte of the stretch.</param>
    /// <param name="length">Its bytes.</param>
    /// <exception cref="AutodidactException">A block is not what it was; kind Data.</exception>
    public unsafe void Check(byte* start, long offset, int length)
    {
        if (length == 0) return;
        var last = (int)((offset + length - 1) / BlockDigests.BlockBytes);
        for (var block = (int)(offset / BlockDigests.BlockBytes); block <= last; block++)
        {
            ref var word = ref _checked[block >> 5];
            var bit = 1 << (block & 31);
            if ((Volatile.Read(ref word) & bit) != 0) continue;
            var first = (long)block * BlockDigests.BlockBytes;
            var bytes = new ReadOnlySpan<byte>(start + first, (int)Math.Min(BlockDigests.BlockBytes, digests.Length - first));
            if (!digests.Matches(block, bytes)) throw damaged(first);
            Interlocked.Or(ref word, bit);
        }
    }
}
