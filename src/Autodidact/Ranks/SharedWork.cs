using System.Runtime.InteropServices;

namespace Autodidact.Ranks;

/// <summary>
/// Work that every rank of a group does with the same input. Where it pays, pieces of it are divided among the ranks, and each rank gets
/// the results of all. A piece does not depend on who computes it, so the whole has the bits that one rank computes alone.
/// </summary>
/// <remarks>It holds for the calling thread. Ranks call <see cref="Divide"/> alike: the same work in the same order.</remarks>
internal sealed class SharedWork
{
    // A slow network and a fast core: what pays with these pays everywhere.
    private const double OperationsASecond = 1e10;
    private const double BytesASecond = 1e8;
    private const double SecondsAnExchange = 3e-4;
    private const double Worth = 2;

    [ThreadStatic]
    private static SharedWork? _current;

    private readonly RankGroup _ranks;
    private readonly int _threads;
    private readonly CancellationToken _asked;
    private ulong _history = 14695981039346656037;

    private SharedWork(RankGroup ranks, int threads, CancellationToken asked) => (_ranks, _threads, _asked) = (ranks, threads, asked);

    /// <summary>Threads that a rank computes with within shared work; null outside.</summary>
    public static int? Threads => _current?._threads;

    /// <summary>Does a work on this rank while all others do it as well.</summary>
    /// <typeparam name="T">Its result.</typeparam>
    /// <param name="ranks">The ranks.</param>
    /// <param name="threads">Threads that this rank computes with.</param>
    /// <param name="work">The work. The token that it is given stops all ranks at the same point.</param>
    /// <param name="cancellationToken">Stops all ranks, whichever is told to.</param>
    public static T Do<T>(RankGroup ranks, int threads, Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        if (ranks.Size == 1) return work(cancellationToken);
        var before = _current;
        _current = new SharedWork(ranks, threads, cancellationToken);
        try
        {
            // A rank that stopped by itself would leave the others waiting, so they are stopped where they meet.
            return work(CancellationToken.None);
        }
        finally
        {
            _current = before;
        }
    }

    /// <summary>Shares nothing until the answer is disposed: for work that a rank does with its own input.</summary>
    public static IDisposable Alone()
    {
        var before = _current;
        _current = null;
        return new Undo(before);
    }

    /// <summary>Divides pieces among the ranks where that pays; otherwise each rank does them all.</summary>
    /// <param name="name">The work in a word or two.</param>
    /// <param name="pieces">Number of pieces.</param>
    /// <param name="operations">Arithmetic operations of all pieces together, about.</param>
    /// <param name="bytes">Bytes of their results.</param>
    public static WorkShare Divide(string name, int pieces, double operations, double bytes) =>
        _current?.Among(name, pieces, operations, bytes) ?? new WorkShare(null, pieces);

    /// <summary>Meets the other ranks: stops if one is told to, and fails if they are not at the same work.</summary>
    /// <param name="name">The work.</param>
    /// <exception cref="OperationCanceledException">A rank was told to stop.</exception>
    /// <exception cref="AutodidactException">A rank is at another work.</exception>
    internal void Meet(string name)
    {
        long[] own = [(long)_history, _asked.IsCancellationRequested ? 1 : 0];
        var all = MemoryMarshal.Cast<byte, long>(_ranks.Gather(MemoryMarshal.AsBytes(own.AsSpan())));
        var stop = false;
        for (var rank = 0; rank < _ranks.Size; rank++)
        {
            stop |= all[(2 * rank) + 1] != 0;
            if (all[2 * rank] == all[0]) continue;
            throw new AutodidactException(
                FailureKind.Environment,
                $"rank {rank} has other data than rank 0 ({name}): all machines must see the same images, labels and run directory");
        }

        if (stop) throw new OperationCanceledException(_asked.IsCancellationRequested ? _asked : new CancellationToken(canceled: true));
    }

    /// <summary>Whether an exchange costs less than the division saves.</summary>
    internal static bool Pays(int ranks, double operations, double bytes) =>
        operations / OperationsASecond * (1 - (1.0 / ranks)) > Worth * (SecondsAnExchange + (bytes / BytesASecond));

    private WorkShare Among(string name, int pieces, double operations, double bytes)
    {
        // FNV-1a: the same number in every process.
        var told = FormattableString.Invariant($"{name} {pieces} {operations:R}");
        foreach (var letter in told) _history = (_history ^ letter) * 1099511628211;
        if (pieces < _ranks.Size || !Pays(_ranks.Size, operations, bytes)) return new WorkShare(null, pieces);
        var share = new WorkShare(_ranks, pieces, () => Meet(name));
        share.Meet();
        return share;
    }

    private sealed class Undo(SharedWork? before) : IDisposable
    {
        public void Dispose() => _current = before;
    }
}
