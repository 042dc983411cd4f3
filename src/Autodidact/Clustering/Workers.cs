using Autodidact.Ranks;

namespace Autodidact.Clustering;

/// <summary>
/// Runs numbered pieces of work on a fixed number of threads. A piece must write only what belongs to its number, so that
/// it cannot matter which thread takes it. Ranks that share a work have their own number of threads.
/// </summary>
internal sealed class Workers(int threads)
{
    private readonly int _threads = SharedWork.Threads ?? (threads > 0 ? threads : Environment.ProcessorCount);

    /// <summary>Runs pieces 0 to <paramref name="count"/> - 1.</summary>
    public void Run(int count, Action<int> piece) => Run(count, static () => 0, (_, i) => piece(i), static _ => { });

    /// <summary>Runs pieces with state that each thread makes once and finishes once, after its last piece.</summary>
    public void Run<TState>(int count, Func<TState> begin, Action<TState, int> piece, Action<TState> end)
    {
        var next = -1;
        var workers = Math.Min(_threads, count);
        void Work()
        {
            var state = begin();
            try
            {
                for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
                {
                    piece(state, i);
                }
            }
            finally
            {
                end(state);
            }
        }

        if (workers <= 1)
        {
            Work();
            return;
        }

        Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, _ => Work());
    }
}
