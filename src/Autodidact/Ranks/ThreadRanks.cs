using System.Runtime.ExceptionServices;
using Autodidact.Native;
using TorchSharp;

namespace Autodidact.Ranks;

/// <summary>
/// Ranks of one process: threads with one thread of arithmetic each. They compute as fast as libtorch's own threads on free cores, and keep
/// their speed where another program holds one.
/// </summary>
internal static class ThreadRanks
{
    // Autograd goes down a network by recursion.
    private const int StackBytes = 16 << 20;

    /// <summary>Does a work on every rank at once, and returns when all have done it.</summary>
    /// <typeparam name="T">Result of a rank.</typeparam>
    /// <param name="size">Number of ranks.</param>
    /// <param name="work">The work of a rank; it is given the rank's group.</param>
    /// <returns>Results by rank.</returns>
    /// <remarks>Where ranks fail, the error of the one that failed first is thrown, and the others end.</remarks>
    public static T[] Run<T>(int size, Func<RankGroup, T> work)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentNullException.ThrowIfNull(work);
        var shared = new ThreadLink.Group(size);
        var results = new T[size];
        ExceptionDispatchInfo? failure = null;
        var threads = new Thread[size];
        for (var rank = 0; rank < size; rank++)
        {
            var mine = rank;
            threads[rank] = new Thread(() => Work(mine), StackBytes) { Name = $"rank {rank}", IsBackground = true };
        }

        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        failure?.Throw();
        return results;

        void Work(int rank)
        {
            try
            {
                torch.set_num_threads(1);
                using var alone = TorchThreads.Use(1);
                using var link = new ThreadLink(rank, shared);
                results[rank] = work(new RankGroup(link));
            }
            catch (Exception e)
            {
                // A rank that was only left alone by another has nothing to say.
                if (e is not RankLostException) Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                shared.Meeting.Abort(e.Message);
            }
        }
    }
}
