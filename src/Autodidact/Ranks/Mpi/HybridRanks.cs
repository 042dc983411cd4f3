using System.Runtime.InteropServices;

namespace Autodidact.Ranks.Mpi;

/// <summary>Ranks that are threads of several processes.</summary>
internal static class HybridRanks
{
    /// <summary>Does a work on every rank of this process, while the other processes do it on theirs.</summary>
    /// <typeparam name="T">Result of a rank.</typeparam>
    /// <param name="processes">Connects the processes.</param>
    /// <param name="threads">Ranks of this process; other processes may have other numbers.</param>
    /// <param name="work">
    /// The work of a rank; it is given its thread's number and its group. The calling thread does that of the first.
    /// </param>
    /// <returns>The result of this process's first rank.</returns>
    public static T Run<T>(MpiLink processes, int threads, Func<int, RankGroup, T> work)
    {
        int[] own = [threads];
        var threadsOf = new int[processes.Size];
        int[] lengths = [.. Enumerable.Repeat(sizeof(int), processes.Size)];

        // A process may have had images to pack, or neighbours to search for.
        processes.Meet(patiently: true);
        processes.Gather(MemoryMarshal.AsBytes(own.AsSpan()), MemoryMarshal.AsBytes(threadsOf.AsSpan()), lengths);
        if (threadsOf.All(count => count == 1)) return work(0, new RankGroup(processes));
        var shared = new HybridLink.Group(processes, threadsOf);
        return ThreadRanks.Run(threads, shared.Meeting, firstHere: true, thread =>
        {
            using var link = new HybridLink(thread, shared);
            return work(thread, new RankGroup(link));
        })[0];
    }
}
