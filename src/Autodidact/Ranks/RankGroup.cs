using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Ranks;

/// <summary>
/// The ranks that train one network together, as one of them sees it. Each has a part of every batch; what comes out is what one process
/// would compute with the whole batch. Calls that involve the others are collective: every rank makes the same ones in the same order.
/// </summary>
public sealed class RankGroup
{
    private const int RoundBytes = 64 << 20;

    private readonly IRankLink? _link;
    private Exception? _failure;

    internal RankGroup(IRankLink? link) => _link = link;

    /// <summary>The group of one rank: a process that trains alone.</summary>
    public static RankGroup Single { get; } = new(null);

    /// <summary>This rank, from 0.</summary>
    public int Rank => _link?.Rank ?? 0;

    /// <summary>Number of ranks.</summary>
    public int Size => _link?.Size ?? 1;

    /// <summary>Whether this rank keeps what a run leaves: checkpoints, logs, results.</summary>
    internal bool IsFirst => Rank == 0;

    /// <summary>The rows of a batch that are this rank's: first and number.</summary>
    /// <param name="count">Rows of the batch.</param>
    internal (int First, int Count) Part(int count) => Part(count, Rank);

    /// <summary>
    /// Joins the ranks' rows to those of the whole batch. Gradients go to this rank's own rows alone; the trainer sums those of all ranks.
    /// So nothing that is trained may come after it: a parameter that acts on joined rows would be counted once for each rank.
    /// </summary>
    /// <param name="own">This rank's rows: [V * b, ...], those of view 0 first.</param>
    /// <param name="count">Rows of the whole batch of one view, B: one a rank at least.</param>
    /// <returns>[V * B, ...], in the order that one process has them.</returns>
    internal Tensor Gather(Tensor own, int count)
    {
        if (Size == 1) return own;
        Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(count, Size);
        var (_, rows) = Part(count);
        var views = own.shape[0] / rows;
        if (own.shape[0] != views * rows)
            throw new ArgumentException($"{own.shape[0]} rows are not views of this rank's {rows} images", nameof(own));
        using var scope = NewDisposeScope();
        long[] rest = [.. own.shape.Skip(1)];
        var all = new Tensor[Size];
        using (no_grad())
        {
            using var flat = own.detach().cpu().contiguous();
            var item = flat.numel() == 0 ? 0 : flat.bytes.Length / flat.numel();
            var lengths = Enumerable.Range(0, Size)
                .Select(r => checked((int)(views * Part(count, r).Count * rest.Aggregate(1L, (a, b) => a * b) * item)))
                .ToArray();
            var bytes = new byte[lengths.Sum()];
            _link!.Gather(flat.bytes, bytes, lengths);
            var at = 0;
            for (var r = 0; r < Size; r++)
            {
                all[r] = r == Rank ? own : empty([views * Part(count, r).Count, .. rest], own.dtype);
                if (r != Rank)
                {
                    all[r].bytes = bytes.AsSpan(at, lengths[r]);
                    all[r] = all[r].to(own.device);
                }

                at += lengths[r];
            }
        }

        return cat([.. all.Select(part => part.view([views, -1, .. rest]))], 1).reshape([views * count, .. rest]).MoveToOuterDisposeScope();
    }

    /// <summary>This rank's rows of what the whole batch has: the reverse of <see cref="Gather(Tensor, int)"/>.</summary>
    /// <param name="whole">[V * B, ...], the rows of view 0 first.</param>
    /// <param name="count">Rows of the whole batch of one view, B.</param>
    /// <returns>[V * b, ...].</returns>
    internal Tensor Own(Tensor whole, int count)
    {
        if (Size == 1) return whole;
        var (first, rows) = Part(count);
        using var scope = NewDisposeScope();
        long[] rest = [.. whole.shape.Skip(1)];
        return whole.view([-1, count, .. rest]).narrow(1, first, rows).reshape([-1, .. rest]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The mean over the whole batch, from that over this rank's rows. Its gradient is this rank's share; the trainer sums those of all.
    /// </summary>
    /// <param name="own">A scalar.</param>
    /// <param name="count">Rows of the whole batch, B.</param>
    internal Tensor Mean(Tensor own, int count)
    {
        if (Size == 1) return own;
        using var scope = NewDisposeScope();
        var share = own * ((double)Part(count).Count / count);
        double[] sum = [share.ToDouble()];
        Sum(sum);
        return (share - share.detach() + sum[0]).MoveToOuterDisposeScope();
    }

    /// <summary>Waits until every rank has come here.</summary>
    /// <param name="patiently">
    /// Whether this rank waits however long it takes, since another may have to pack images, to set up a training, or to measure before.
    /// </param>
    internal void Meet(bool patiently)
    {
        Check();
        _link?.Meet(patiently);
    }

    /// <summary>Sums numbers over the ranks, in place; every rank gets the same bits.</summary>
    /// <param name="values">As many on every rank.</param>
    internal void Sum(Span<double> values)
    {
        Check();
        _link?.Sum(values);
    }

    /// <summary>Sums tensors of one type over the ranks, in place, in one go.</summary>
    /// <param name="tensors">Of float32 or float64; the same shapes on every rank.</param>
    internal void SumTogether(IReadOnlyList<Tensor> tensors)
    {
        Check();
        if (_link is null) return;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var flat = cat([.. tensors.Select(t => t.detach().flatten().cpu())]);
        if (flat.dtype == ScalarType.Float64) _link.Sum(MemoryMarshal.Cast<byte, double>(flat.bytes));
        else _link.Sum(MemoryMarshal.Cast<byte, float>(flat.bytes));
        var at = 0L;
        foreach (var tensor in tensors)
        {
            tensor.copy_(flat.narrow(0, at, tensor.numel()).view(tensor.shape));
            at += tensor.numel();
        }
    }

    /// <summary>The first rank's values, for every rank, in place.</summary>
    /// <param name="tensor">Of the same shape and type on every rank.</param>
    internal void Broadcast(Tensor tensor)
    {
        Check();
        if (_link is null || tensor.numel() == 0) return;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var flat = tensor.detach().contiguous().cpu();
        _link.Broadcast(flat.bytes, 0);
        tensor.copy_(flat);
    }

    /// <summary>One rank's bytes, for every rank.</summary>
    /// <param name="values">As many on every rank.</param>
    internal void Broadcast(Span<byte> values)
    {
        Check();
        _link?.Broadcast(values, 0);
    }

    /// <summary>Each rank's bytes, as many from each, in the order of the ranks.</summary>
    /// <param name="own">This rank's.</param>
    internal byte[] Gather(ReadOnlySpan<byte> own)
    {
        Check();
        if (_link is null) return own.ToArray();
        var all = new byte[own.Length * Size];
        var lengths = new int[Size];
        lengths.AsSpan().Fill(own.Length);
        _link.Gather(own, all, lengths);
        return all;
    }

    /// <summary>Every rank's bytes one after the other.</summary>
    /// <param name="own">This rank's.</param>
    /// <param name="all">Takes them all.</param>
    /// <param name="lengths">Each rank's number of bytes.</param>
    internal void Gather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        Check();
        if (_link is null) own.CopyTo(all);
        else _link.Gather(own, all, lengths);
    }

    /// <summary>Completes rows of which every rank has computed a part: each rank gets them all, in place.</summary>
    /// <typeparam name="T">Type of a value.</typeparam>
    /// <param name="parts">Each rank's rows: first and number.</param>
    /// <param name="values">The rows, this rank's part filled in.</param>
    internal void GatherRows<T>((int First, int Count)[] parts, RowValues<T> values)
        where T : unmanaged
    {
        var (first, count) = parts[Rank];
        var most = parts.Max(part => part.Count);
        if (Size == 1 || most == 0) return;

        // In rounds: no message may be larger than 2 GB.
        var width = MemoryMarshal.AsBytes(values(parts.First(part => part.Count > 0).First, 1)).Length;
        var step = Math.Max(1, RoundBytes / Size / width);
        for (var row = 0; row < most; row += step)
        {
            var lengths = parts.Select(part => checked(Math.Clamp(part.Count - row, 0, step) * width)).ToArray();
            var own = lengths[Rank] == 0 ? [] : MemoryMarshal.AsBytes(values(first + row, Math.Min(step, count - row)));
            var bytes = new byte[checked(lengths.Sum())];
            Gather(own, bytes, lengths);
            var at = 0;
            for (var rank = 0; rank < Size; rank++)
            {
                var received = bytes.AsSpan(at, lengths[rank]);
                at += lengths[rank];
                if (rank == Rank || received.Length == 0) continue;
                received.CopyTo(MemoryMarshal.AsBytes(values(parts[rank].First + row, received.Length / width)));
            }
        }
    }

    /// <summary>The first rank's answer, for every rank: what clocks decide must be decided once.</summary>
    /// <param name="own">This rank's answer.</param>
    internal bool Agree(bool own)
    {
        if (Size == 1) return own;
        Span<byte> answer = [own ? (byte)1 : (byte)0];
        Broadcast(answer);
        return answer[0] != 0;
    }

    /// <summary>Whether any rank says yes.</summary>
    /// <param name="own">This rank's answer.</param>
    internal bool Any(bool own) => Size == 1 ? own : Gather([own ? (byte)1 : (byte)0]).Any(answer => answer != 0);

    /// <summary>
    /// Does a part of a backward pass. An error must not travel through libtorch's code: it is kept, and thrown at the next call.
    /// </summary>
    /// <param name="work">The part.</param>
    /// <returns>Whether it was done.</returns>
    internal bool Try(Action work)
    {
        if (_failure is not null) return false;
        try
        {
            work();
            return true;
        }
        catch (Exception e)
        {
            _failure = e;
            return false;
        }
    }

    /// <summary>Throws the error that a backward pass kept.</summary>
    internal void Check()
    {
        if (_failure is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>The part of another rank.</summary>
    /// <param name="count">Rows of the whole.</param>
    /// <param name="rank">Which rank.</param>
    internal (int First, int Count) Part(int count, int rank)
    {
        var first = (int)((long)count * rank / Size);
        return (first, (int)((long)count * (rank + 1) / Size) - first);
    }
}

/// <summary>Some rows of a table, in place.</summary>
/// <typeparam name="T">Type of a value.</typeparam>
/// <param name="first">The first row.</param>
/// <param name="count">Number of rows.</param>
internal delegate Span<T> RowValues<T>(int first, int count);
