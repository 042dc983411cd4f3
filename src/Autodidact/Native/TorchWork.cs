using System.Runtime.ExceptionServices;
using TorchSharp;

namespace Autodidact.Native;

/// <summary>
/// Divides work of tensors among the cores: threads with one thread of arithmetic each take numbered pieces in turn, and wait in the
/// kernel. The pieces must not depend on the number of cores, nor write what another one writes; then the result does not depend on it
/// either.
/// </summary>
/// <remarks>Pieces keep no gradients. Tensors that a piece makes end with it, unless it detaches them from its dispose scope.</remarks>
internal static class TorchWork
{
    private const int AheadPerCore = 2;

    /// <summary>Does pieces 0 to <paramref name="pieces"/> - 1.</summary>
    /// <param name="pieces">Number of pieces.</param>
    /// <param name="piece">Does one.</param>
    /// <remarks>Throws the error of the first piece in their order that failed; those that have not begun are left.</remarks>
    public static void Run(int pieces, Action<int> piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        var threads = Math.Min(TorchThreads.Cores, pieces);
        var next = -1;
        var failures = new SortedList<int, ExceptionDispatchInfo>();

        // A number of threads is in part the process's and in part the thread's: hence here and in each thread.
        using (TorchThreads.Own(1))
        {
            if (threads < 2) Work();
            else Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => Work());
        }

        failures.Values.FirstOrDefault()?.Throw();

        void Work()
        {
            using var alone = TorchThreads.Use(1);
            if (torch.get_num_threads() != 1) torch.set_num_threads(1);
            using var noGradients = torch.no_grad();
            int number;
            while (!Failed() && (number = Interlocked.Increment(ref next)) < pieces)
            {
                try
                {
                    using var scope = torch.NewDisposeScope();
                    piece(number);
                }
                catch (Exception e)
                {
                    lock (failures) failures.Add(number, ExceptionDispatchInfo.Capture(e));
                }
            }
        }

        bool Failed()
        {
            lock (failures) return failures.Count > 0;
        }
    }

    /// <summary>Does pieces, and takes their results in order: what is added up rounds alike, whoever is first.</summary>
    /// <typeparam name="T">Result of a piece.</typeparam>
    /// <param name="pieces">Number of pieces.</param>
    /// <param name="piece">Does one.</param>
    /// <param name="take">Takes a result; one at a time, in the order of the pieces. Few results wait for it.</param>
    public static void InOrder<T>(int pieces, Func<int, T> piece, Action<T> take)
    {
        ArgumentNullException.ThrowIfNull(piece);
        ArgumentNullException.ThrowIfNull(take);
        var gate = new object();
        var waiting = new Dictionary<int, T>();
        var (next, most, failed) = (0, AheadPerCore * TorchThreads.Cores, false);
        Run(pieces, number =>
        {
            try
            {
                lock (gate)
                {
                    // The piece that the others wait for is never held up here.
                    while (number >= next + most && !failed) Monitor.Wait(gate);
                    if (failed) return;
                }

                var result = piece(number);
                lock (gate)
                {
                    waiting.Add(number, result);
                    while (waiting.Remove(next, out var value))
                    {
                        next++;
                        take(value);
                    }

                    Monitor.PulseAll(gate);
                }
            }
            catch
            {
                lock (gate)
                {
                    failed = true;
                    Monitor.PulseAll(gate);
                }

                throw;
            }
        });
    }
}
