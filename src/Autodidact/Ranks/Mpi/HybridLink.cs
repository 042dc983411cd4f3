namespace Autodidact.Ranks.Mpi;

/// <summary>
/// Connects ranks that are threads of several processes: the threads of a process meet, and one of them speaks to the other processes.
/// Ranks are numbered process by process. Sums are made in the order of all ranks, so they have the bits that as many processes with one
/// thread each would get.
/// </summary>
/// <param name="thread">This rank's thread of its process, from 0. The first is the one that speaks.</param>
/// <param name="shared">What the threads of this process have in common.</param>
internal sealed unsafe class HybridLink(int thread, HybridLink.Group shared) : IRankLink
{
    /// <inheritdoc/>
    public int Rank => shared.First + thread;

    /// <inheritdoc/>
    public int Size => shared.Size;

    /// <inheritdoc/>
    public void Sum(Span<float> values) => SumOf(values);

    /// <inheritdoc/>
    public void Sum(Span<double> values) => SumOf(values);

    /// <inheritdoc/>
    public void Sum(Span<long> values) => SumOf(values);

    /// <inheritdoc/>
    public void Gather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        if (own.Length != lengths[Rank])
            throw new ArgumentException($"{own.Length} bytes of rank {Rank} are announced as {lengths[Rank]}", nameof(own));
        if (own.Length > 0) own.CopyTo(all[Sum(lengths[..Rank])..]);
        fixed (byte* bytes = all)
        {
            shared.Pointers[thread] = (nint)bytes;
            shared.Meeting.Meet();
            if (thread == 0)
            {
                var at = Sum(lengths[..shared.First]);
                var start = at;
                for (var other = 0; other < shared.Threads; other++)
                {
                    var length = lengths[shared.First + other];
                    if (other > 0) new ReadOnlySpan<byte>((byte*)shared.Pointers[other] + at, length).CopyTo(all[at..]);
                    at += length;
                }

                shared.Processes.Gather(all[start..at].ToArray(), all, shared.PerProcess(lengths));
            }

            shared.Meeting.Meet();
            if (thread > 0) new ReadOnlySpan<byte>((byte*)shared.Pointers[0], all.Length).CopyTo(all);
            shared.Meeting.Meet();
        }
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> values, int root)
    {
        fixed (byte* bytes = values)
        {
            shared.Pointers[thread] = (nint)bytes;
            shared.Meeting.Meet();
            if (thread == 0)
            {
                var own = root - shared.First;
                if (own > 0 && own < shared.Threads) new ReadOnlySpan<byte>((byte*)shared.Pointers[own], values.Length).CopyTo(values);
                shared.Processes.Broadcast(values, shared.ProcessOf(root));
            }

            shared.Meeting.Meet();
            if (thread > 0) new ReadOnlySpan<byte>((byte*)shared.Pointers[0], values.Length).CopyTo(values);
            shared.Meeting.Meet();
        }
    }

    /// <inheritdoc/>
    public void Meet(bool patiently = false)
    {
        shared.Meeting.Meet();
        if (thread == 0) shared.Processes.Meet(patiently);
        shared.Meeting.Meet();
    }

    /// <inheritdoc/>
    public void Abort(string reason) => shared.Meeting.Abort(reason);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static int Sum(ReadOnlySpan<int> lengths)
    {
        var sum = 0;
        foreach (var length in lengths) sum = checked(sum + length);
        return sum;
    }

    private void SumOf<T>(Span<T> values)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        fixed (T* own = values)
        {
            shared.Pointers[thread] = (nint)own;
            shared.Meeting.Meet();
            if (thread == 0) shared.Processes.Sum(values, shared.Pointers, shared.ThreadsOf);
            shared.Meeting.Meet();
            if (thread > 0) new ReadOnlySpan<T>((T*)shared.Pointers[0], values.Length).CopyTo(values);
            shared.Meeting.Meet();
        }
    }

    /// <summary>The part that the threads of one process have in common.</summary>
    /// <param name="processes">Connects the processes.</param>
    /// <param name="threadsOf">Threads of each process.</param>
    internal sealed class Group(MpiLink processes, int[] threadsOf)
    {
        /// <summary>Connects the processes.</summary>
        public MpiLink Processes => processes;

        /// <summary>Threads of each process.</summary>
        public int[] ThreadsOf => threadsOf;

        /// <summary>Threads of this process.</summary>
        public int Threads { get; } = threadsOf[processes.Rank];

        /// <summary>The rank of this process's first thread.</summary>
        public int First { get; } = threadsOf[..processes.Rank].Sum();

        /// <summary>Ranks of all processes.</summary>
        public int Size { get; } = threadsOf.Sum();

        /// <summary>Where the threads meet.</summary>
        public ThreadMeeting Meeting { get; } = new(threadsOf[processes.Rank]);

        /// <summary>Where each thread's values lie, while all are in a call.</summary>
        public nint[] Pointers { get; } = new nint[threadsOf[processes.Rank]];

        /// <summary>The process that has a rank.</summary>
        /// <param name="rank">The rank.</param>
        public int ProcessOf(int rank)
        {
            var process = 0;
            for (var first = threadsOf[0]; first <= rank; first += threadsOf[process]) process++;
            return process;
        }

        /// <summary>Adds up, for each process, what its ranks have.</summary>
        /// <param name="lengths">A number for each rank.</param>
        public int[] PerProcess(ReadOnlySpan<int> lengths)
        {
            var sums = new int[threadsOf.Length];
            var rank = 0;
            for (var process = 0; process < sums.Length; process++)
            {
                sums[process] = Sum(lengths.Slice(rank, threadsOf[process]));
                rank += threadsOf[process];
            }

            return sums;
        }
    }
}
