using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Autodidact.Ranks.Mpi;

/// <summary>
/// A rank that is a process of its own, connected to the others by MPI. MPI carries bytes; sums are made here, in order of the ranks. So
/// the bits of a sum depend neither on the library, nor on the machines, nor on who comes first.
/// </summary>
/// <remarks>
/// A small sum is one exchange: every rank gets all values and adds them. A large one is two, as in a ring: each rank gets its part of
/// everybody's values and adds these, then the parts are put together. A rank sends about twice the bytes of its values.
/// </remarks>
internal sealed unsafe class MpiLink : IRankLink
{
    /// <summary>Sums of at most this many bytes, over all ranks, are one exchange.</summary>
    private const int SmallBytes = 1 << 16;

    /// <summary>Bytes of a large sum that travel at once, and the memory that it takes beside the values.</summary>
    private const int PieceBytes = 1 << 24;

    /// <summary>A rank's part of a piece is no smaller than this, so that many ranks send no crumbs.</summary>
    private const int LeastPart = 1 << 14;

    private const int BlockBytes = 1 << 14;

    private readonly MpiLibrary _library;
    private readonly nint _world;
    private readonly MpiWatch _watch;
    private readonly MpiWait _wait;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly bool _anyThread;
    private readonly Parts _all;
    private readonly Parts _own;
    private readonly Parts _sent;
    private readonly int[] _one;
    private byte* _scratch;
    private nuint _scratchBytes;
    private bool _over;

    /// <summary>Takes over a started library.</summary>
    /// <param name="library">The library, started.</param>
    /// <param name="world">The communicator of the ranks.</param>
    /// <param name="rank">This rank.</param>
    /// <param name="size">The number of ranks.</param>
    /// <param name="anyThread">Whether calls may come from another thread than this one, one at a time.</param>
    public MpiLink(MpiLibrary library, nint world, int rank, int size, bool anyThread)
    {
        (_library, _world, Rank, Size, _anyThread) = (library, world, rank, size, anyThread);
        (_all, _own, _sent) = (new Parts(size), new Parts(size), new Parts(size));
        _one = [.. Enumerable.Repeat(1, size)];
        _watch = new MpiWatch(library, world, rank, size, Abort);
        _wait = new MpiWait(library, _watch);
    }

    public int Rank { get; }

    public int Size { get; }

    /// <summary>This rank's number on its machine, from 0.</summary>
    public int LocalRank { get; init; }

    /// <summary>The name and version of the MPI library.</summary>
    public string Library => _library.Version;

    /// <summary>How long one call may wait for the others before all ranks are ended.</summary>
    public TimeSpan Limit
    {
        get => _watch.Limit;
        set => _watch.Limit = value;
    }

    /// <summary>Notices machines that are cut off; null where all ranks are on one.</summary>
    public MpiPulse? Pulse { get; set; }

    /// <summary>The machine of each rank.</summary>
    public IReadOnlyList<string> Hosts
    {
        get => _watch.Hosts;
        set => _watch.Hosts = value;
    }

    /// <summary>Cores that each rank has for itself: its part of those that it shares with other ranks of its machine.</summary>
    public IReadOnlyList<int> Cores { get; set; } = [];

    /// <summary>Ranks that share this one's cores, itself among them.</summary>
    public int Sharing { get; set; } = 1;

    /// <summary>
    /// Connects one rank of each group that shares its cores: the first of it, with all of them. Null on the other ranks. Work that takes
    /// much memory is for these.
    /// </summary>
    public MpiLink? Leaders { get; set; }

    /// <summary>Cores that this rank has for itself.</summary>
    public int OwnCores => Rank < Cores.Count ? Cores[Rank] : 1;

    /// <summary>Ranks that trainings are divided among, where each process has as many as it has cores for itself, or as asked.</summary>
    /// <param name="threads">Ranks asked of each process; 0 is as many as it has cores.</param>
    /// <returns>Those of this process, and of all.</returns>
    public (int Own, int All) TrainingRanks(int threads) => threads > 0 ? (threads, threads * Size) : (OwnCores, Cores.Sum());

    public void Sum(Span<float> values) => SumOf(values);

    public void Sum(Span<double> values) => SumOf(values);

    public void Sum(Span<long> values) => SumOf(values);

    public void Gather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        if (lengths.Length != Size) throw new ArgumentException($"{lengths.Length} lengths for {Size} ranks", nameof(lengths));
        if (own.Length != lengths[Rank])
        {
            throw new ArgumentException($"{own.Length} bytes of this rank where {lengths[Rank]} are said", nameof(own));
        }
        Enter(MpiCall.Gather);
        int total = _all.Set(lengths);
        if (total != all.Length) throw new ArgumentException($"room for {all.Length} bytes where {total} come", nameof(all));
        if (total == 0) return;
        own.CopyTo(all[_all.Starts[Rank]..]);
        fixed (byte* bytes = all) GatherAll(bytes);
    }

    public void Broadcast(Span<byte> values, int root)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(root);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(root, Size);
        Enter(MpiCall.Broadcast);
        if (values.Length == 0) return;
        fixed (byte* bytes = values)
        {
            nint request = 0;
            var handles = _library.Handles;
            Done(_library.Broadcast(bytes, values.Length, handles.Byte, root, _world, &request), request, "MPI_Ibcast");
        }
    }

    public void Meet(bool patiently = false)
    {
        var limit = Limit;
        if (patiently) Limit = Timeout.InfiniteTimeSpan;
        Meet(MpiCall.Meeting);
        Limit = limit;
    }

    public void Abort(string reason) => Abort(reason, (int)FailureKind.Environment);

    /// <summary>Ends every rank with an exit status. It does not return.</summary>
    /// <param name="reason">One line for the user.</param>
    /// <param name="status">The exit status of every rank, and so of the launcher.</param>
    public void Abort(string reason, int status) => MpiEnd.Now(_library, Rank, Hosts, reason, status);

    /// <summary>
    /// Waits for the other ranks to end as well, and leaves MPI. A rank that fails calls <see cref="Abort(string)"/> instead.
    /// </summary>
    public void Dispose()
    {
        if (_over) return;
        Meet(MpiCall.End);
        Leaders?._watch.Finish();
        _watch.Finish();
        Pulse?.Dispose();
        _over = true;
        MpiEnd.Leave(_library, Hosts);
        _watch.Dispose();
        NativeMemory.Free(_scratch);
        _scratch = null;
    }

    private void Meet(MpiCall call)
    {
        Enter(call);
        nint request = 0;
        Done(_library.Barrier(_world, &request), request, "MPI_Ibarrier");
    }

    /// <summary>
    /// Sums over vectors of which every process has some, element by element. They are added in order of the processes, and of each
    /// process's own.
    /// </summary>
    /// <typeparam name="T">Type of a value.</typeparam>
    /// <param name="sums">Takes the sums; this process's first vector.</param>
    /// <param name="vectors">Where this process's vectors lie.</param>
    /// <param name="vectorsOf">Number of vectors of each process.</param>
    public void Sum<T>(Span<T> sums, ReadOnlySpan<nint> vectors, ReadOnlySpan<int> vectorsOf)
        where T : unmanaged, INumber<T>
    {
        Enter(MpiCall.Sum);
        if (sums.Length == 0) return;
        int all = 0;
        int most = 1;
        foreach (int count in vectorsOf) (all, most) = (all + count, Math.Max(most, count));
        if ((long)sums.Length * sizeof(T) * all <= SmallBytes)
        {
            SumAtOnce(sums, vectors, vectorsOf, all);
            return;
        }
        int piece = Math.Max(PieceBytes / most, LeastPart * Size) / sizeof(T);
        for (int start = 0; start < sums.Length; start += piece)
        {
            SumInParts(sums[start..Math.Min(sums.Length, start + piece)], start, vectors, vectorsOf, all);
        }
    }

    private void SumOf<T>(Span<T> values)
        where T : unmanaged, INumber<T>
    {
        fixed (T* own = values) Sum(values, [(nint)own], _one);
    }

    private void SumAtOnce<T>(Span<T> sums, ReadOnlySpan<nint> vectors, ReadOnlySpan<int> vectorsOf, int all)
        where T : unmanaged, INumber<T>
    {
        int bytes = sums.Length * sizeof(T);
        byte* scratch = Scratch((nuint)bytes * (nuint)all);
        for (int process = 0, first = 0; process < Size; first += vectorsOf[process], process++)
        {
            _all.Set(process, first * bytes, vectorsOf[process] * bytes);
        }
        for (int own = 0; own < vectors.Length; own++)
        {
            new ReadOnlySpan<T>((T*)vectors[own], sums.Length).CopyTo(
                new Span<T>(scratch + _all.Starts[Rank] + own * bytes, sums.Length));
        }
        GatherAll(scratch);
        Add(scratch, sums, all);
    }

    /// <summary>Each process adds up a part of a piece, and gives it to all.</summary>
    private void SumInParts<T>(Span<T> sums, int start, ReadOnlySpan<nint> vectors, ReadOnlySpan<int> vectorsOf, int all)
        where T : unmanaged, INumber<T>
    {
        int part = (sums.Length + Size - 1) / Size;
        for (int process = 0; process < Size; process++)
        {
            int first = Math.Min(process * part, sums.Length);
            _all.Set(process, first * sizeof(T), (Math.Min(first + part, sums.Length) - first) * sizeof(T));
        }
        int own = _all.Lengths[Rank];
        for (int process = 0, first = 0; process < Size; first += vectorsOf[process], process++)
        {
            _own.Set(process, first * own, vectorsOf[process] * own);
            _sent.Set(process, _all.Starts[process] * vectors.Length, _all.Lengths[process] * vectors.Length);
        }
        nuint received = (nuint)own * (nuint)all;
        bool packs = vectors.Length > 1;
        byte* scratch = Scratch(received + (packs ? (nuint)(sums.Length * sizeof(T) * vectors.Length) : 0));
        fixed (T* bytes = sums)
        {
            byte* sent = (byte*)bytes;
            if (packs)
            {
                sent = scratch + received;
                Pack(sent, start * (long)sizeof(T), vectors);
            }
            nint request = 0;
            nint type = _library.Handles.Byte;
            int error = _library.Exchange(
                sent, _sent.LengthsAt, _sent.StartsAt, type, scratch, _own.LengthsAt, _own.StartsAt, type, _world, &request);
            Done(error, request, "MPI_Ialltoallv");
            Add(scratch, sums.Slice(_all.Starts[Rank] / sizeof(T), own / sizeof(T)), all);
            GatherAll((byte*)bytes);
        }
    }

    /// <summary>Puts together what each process gets: its part of every vector.</summary>
    private void Pack(byte* sent, long start, ReadOnlySpan<nint> vectors)
    {
        for (int process = 0; process < Size; process++)
        {
            int length = _all.Lengths[process];
            for (int own = 0; own < vectors.Length; own++)
            {
                new ReadOnlySpan<byte>((byte*)vectors[own] + start + _all.Starts[process], length).CopyTo(
                    new Span<byte>(sent + _sent.Starts[process] + own * length, length));
            }
        }
    }

    /// <summary>Adds some vectors, one after the other, in blocks that stay in the cache.</summary>
    private static void Add<T>(byte* ofAll, Span<T> sums, int vectors)
        where T : unmanaged, INumber<T>
    {
        int block = BlockBytes / sizeof(T);
        for (int start = 0; start < sums.Length; start += block)
        {
            var sum = sums[start..Math.Min(sums.Length, start + block)];
            for (int vector = 0; vector < vectors; vector++)
            {
                var values = new ReadOnlySpan<T>((T*)ofAll + (long)vector * sums.Length + start, sum.Length);
                if (vector == 0) values.CopyTo(sum);
                else TensorPrimitives.Add(sum, values, sum);
            }
        }
    }

    /// <summary>Puts all ranks' parts together. This rank's lies in its place already.</summary>
    private void GatherAll(byte* all)
    {
        nint request = 0;
        var handles = _library.Handles;
        int error = _library.GatherAll(
            handles.InPlace, 0, handles.Byte, all, _all.LengthsAt, _all.StartsAt, handles.Byte, _world, &request);
        Done(error, request, "MPI_Iallgatherv");
    }

    private void Done(int error, nint request, string call)
    {
        _library.Check(error, call);
        _wait.For(request, call);
    }

    private void Enter(MpiCall call)
    {
        ObjectDisposedException.ThrowIf(_over, this);
        if (!_anyThread && Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException($"{Library} allows calls from the thread alone that started it");
        }
        _watch.Enter(call);
    }

    private byte* Scratch(nuint bytes)
    {
        if (bytes <= _scratchBytes) return _scratch;
        _scratch = (byte*)NativeMemory.Realloc(_scratch, bytes);
        _scratchBytes = bytes;
        return _scratch;
    }

    /// <summary>Where each rank's bytes lie, in memory that stays in its place while MPI reads it.</summary>
    private sealed class Parts(int size)
    {
        public int[] Starts { get; } = GC.AllocateArray<int>(size, pinned: true);

        public int[] Lengths { get; } = GC.AllocateArray<int>(size, pinned: true);

        public int* StartsAt => (int*)Marshal.UnsafeAddrOfPinnedArrayElement(Starts, 0);

        public int* LengthsAt => (int*)Marshal.UnsafeAddrOfPinnedArrayElement(Lengths, 0);

        public void Set(int rank, int start, int length) => (Starts[rank], Lengths[rank]) = (start, length);

        /// <summary>One after the other.</summary>
        /// <returns>The number of bytes of all.</returns>
        public int Set(ReadOnlySpan<int> lengths)
        {
            int total = 0;
            for (int rank = 0; rank < lengths.Length; rank++)
            {
                Set(rank, total, lengths[rank]);
                total = checked(total + lengths[rank]);
            }
            return total;
        }
    }
}
