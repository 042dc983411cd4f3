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
    /// <param name="watch">Puts something between a rank and its connection; null puts nothing.</param>
    /// <returns>Results by rank.</returns>
    /// <remarks>Where ranks fail, the error of the one that failed first is thrown, and the others end.</remarks>
    public static T[] Run<T>(int size, Func<RankGroup, T> work, Func<IRankLink, IRankLink>? watch = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentNullException.ThrowIfNull(work);
        var shared = new ThreadLink.Group(size);
        return Run(size, shared.Meeting, firstHere: false, rank =>
        {
            using var link = new ThreadLink(rank, shared);
            return work(new RankGroup(watch is null ? link : watch(link)));
        });
    }

    /// <summary>Does a work on some threads at once, with one thread of arithmetic each, and returns when all have done it.</summary>
    /// <typeparam name="T">Result of a thread.</typeparam>
    /// <param name="size">Number of threads.</param>
    /// <param name="meeting">Where they meet; it is ended when one of them fails.</param>
    /// <param name="firstHere">Whether the calling thread is the first of them.</param>
    /// <param name="work">The work of a thread; it is given the thread's number.</param>
    /// <returns>Results by thread.</returns>
    /// <remarks>Where threads fail, the error of the one that failed first is thrown, and the others end.</remarks>
    internal static T[] Run<T>(int size, ThreadMeeting meeting, bool firstHere, Func<int, T> work)
    {
        var results = new T[size];
        ExceptionDispatchInfo? failure = null;
        var threads = new List<Thread>();
        for (var number = firstHere ? 1 : 0; number < size; number++)
        {
            var mine = number;
            threads.Add(new Thread(() => Work(mine), StackBytes) { Name = $"rank {number}", IsBackground = true });
        }

        threads.ForEach(thread => thread.Start());
        if (firstHere) Work(0);
        threads.ForEach(thread => thread.Join());
        failure?.Throw();
        return results;

        void Work(int number)
        {
            try
            {
                torch.set_num_threads(1);
                using var alone = TorchThreads.Use(1);
                results[number] = work(number);
            }
            catch (Exception e)
            {
                // A rank that was only left alone by another has nothing to say.
                if (e is not RankLostException) Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null);
                meeting.Abort(e.Message);
            }
        }
    }
}
