using Autodidact.Native;
using Autodidact.Ranks;
using Autodidact.Ranks.Mpi;

namespace Autodidact.Stages;

/// <summary>Work that the processes which a launcher started do together.</summary>
internal static class RankProcesses
{
    /// <summary>Does a work with the other processes; alone, where this one was started alone.</summary>
    /// <typeparam name="T">Its result.</typeparam>
    /// <param name="task">The work in words that other processes understand.</param>
    /// <param name="threads">Threads asked of each process; 0 leaves the choice.</param>
    /// <param name="work">The work, the same on every process.</param>
    /// <param name="cancellationToken">Stops all processes.</param>
    public static T Share<T>(RankTask task, int threads, Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        if (MpiWorld.Link is not { } link) return work(cancellationToken);
        task.Announce();
        return Together(link, () => Follow(link, threads, work, cancellationToken))!;
    }

    /// <summary>
    /// Does this process's part of a work that the first one shares. Of processes that share their cores one works, with all of them: each
    /// would hold all features.
    /// </summary>
    /// <typeparam name="T">Its result.</typeparam>
    /// <param name="link">The ranks.</param>
    /// <param name="threads">Threads asked of each process; 0 leaves the choice.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Stops all processes.</param>
    /// <returns>The result; none where another process works.</returns>
    public static T? Follow<T>(MpiLink link, int threads, Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        if (link.Leaders is not { } leaders) return default;
        var cores = threads > 0 ? threads * link.Sharing : TorchThreads.Default;
        using var own = TorchThreads.Use(cores);
        leaders.Limit = link.Limit;
        var ranks = new RankGroup(leaders);

        // The first use of a file over a network may take its time.
        ranks.Meet(patiently: true);
        return SharedWork.Do(ranks, cores, work, cancellationToken);
    }

    /// <summary>Does this process's part of a work that other processes do as well. If it fails, all end.</summary>
    /// <typeparam name="T">Its result.</typeparam>
    /// <param name="link">The ranks.</param>
    /// <param name="work">This process's part.</param>
    public static T Together<T>(MpiLink link, Func<T> work)
    {
        try
        {
            TorchRuntime.Initialize();
            using var threads = TorchThreads.Own(1);
            using var alone = TorchThreads.Use(1);
            return work();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var known = Failure.Of(e);
            link.Abort(known?.Message ?? $"unexpected: {e}", (int)(known?.Kind ?? FailureKind.Environment));
            throw;
        }
        finally
        {
            GlibcAllocator.GiveBack();
        }
    }
}
