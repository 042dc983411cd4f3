using System.Numerics.Tensors;

namespace Autodidact.Ranks;

/// <summary>Connects ranks that are threads of one process: they read each other's memory, and meet before and after.</summary>
/// <param name="rank">This rank, from 0.</param>
/// <param name="shared">What the ranks have in common.</param>
internal sealed unsafe class ThreadLink(int rank, ThreadLink.Group shared) : IRankLink
{
    /// <inheritdoc/>
    public int Rank => rank;

    /// <inheritdoc/>
    public int Size => shared.Size;

    /// <inheritdoc/>
    public void Sum(Span<float> values) => SumParts(values);

    /// <inheritdoc/>
    public void Sum(Span<double> values) => SumParts(values);

    /// <inheritdoc/>
    public void Sum(Span<long> values) => SumParts(values);

    /// <inheritdoc/>
    public void Gather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        if (own.Length != lengths[rank])
            throw new ArgumentException($"{own.Length} bytes of rank {rank} are announced as {lengths[rank]}", nameof(own));
        fixed (byte* bytes = own)
        {
            shared.Pointers[rank] = (nint)bytes;
            shared.Meeting.Meet();
            var at = 0;
            for (var other = 0; other < Size; other++)
            {
                new ReadOnlySpan<byte>((void*)shared.Pointers[other], lengths[other]).CopyTo(all[at..]);
                at += lengths[other];
            }

            shared.Meeting.Meet();
        }
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> values, int root)
    {
        fixed (byte* bytes = values)
        {
            shared.Pointers[rank] = (nint)bytes;
            shared.Meeting.Meet();
            if (rank != root) new ReadOnlySpan<byte>((void*)shared.Pointers[root], values.Length).CopyTo(values);
            shared.Meeting.Meet();
        }
    }

    /// <inheritdoc/>
    public void Meet(bool patiently = false) => shared.Meeting.Meet();

    /// <inheritdoc/>
    public void Abort(string reason) => shared.Meeting.Abort(reason);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Each rank adds up a part of the values, in the order of the ranks, and writes it to all of them.</summary>
    private void SumParts<T>(Span<T> values)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        fixed (T* own = values)
        {
            shared.Pointers[rank] = (nint)own;
            shared.Meeting.Meet();
            var from = (int)((long)values.Length * rank / Size);
            var count = (int)((long)values.Length * (rank + 1) / Size) - from;
            var first = Part(0);
            for (var other = 1; other < Size; other++) TensorPrimitives.Add<T>(first, Part(other), first);
            for (var other = 1; other < Size; other++) first.CopyTo(Part(other));
            shared.Meeting.Meet();

            Span<T> Part(int other) => new((T*)shared.Pointers[other] + from, count);
        }
    }

    /// <summary>The part that the ranks of one process have in common.</summary>
    /// <param name="size">How many they are.</param>
    internal sealed class Group(int size)
    {
        public int Size => size;

        public ThreadMeeting Meeting { get; } = new(size);

        /// <summary>Where each rank's values lie, while all are in a call.</summary>
        public nint[] Pointers { get; } = new nint[size];
    }
}
