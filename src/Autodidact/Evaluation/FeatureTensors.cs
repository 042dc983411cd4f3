using System.Runtime.InteropServices;
using Autodidact.Native;
using Autodidact.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>Copies between <see cref="FeatureMatrix"/> and tensors, block by block, so that no tensor's span passes 2 GB.</summary>
internal static class FeatureTensors
{
    /// <summary>A block of rows as a new float32 tensor (count, columns).</summary>
    internal static Tensor Block(FeatureMatrix matrix, int row, int count)
    {
        var tensor = empty(count, matrix.Columns, dtype: ScalarType.Float32, device: CPU);
        matrix.Block(row, count).CopyTo(Values(tensor));
        return tensor;
    }

    /// <summary>A whole table as a tensor [rows, columns] of torch's default type, outside every scope, for the caller to own.</summary>
    /// <param name="matrix">The table.</param>
    /// <param name="device">Where the tensor is to lie; null is the CPU.</param>
    internal static Tensor Table(FeatureMatrix matrix, Device? device = null)
    {
        // In blocks: a managed array holds no more than 2 GB.
        const int blockRows = 4096;
        using var scope = NewDisposeScope();
        var copy = empty(matrix.Rows, matrix.Columns, device: device ?? CPU);
        foreach (var (row, count) in Blocks(matrix.Rows, blockRows))
        {
            using var rows = Block(matrix, row, count);
            copy.narrow(0, row, count).copy_(rows);
        }

        return copy.DetachFromDisposeScope();
    }

    /// <summary>A block of rows, each scaled to length 1 (rows of zeros stay zeros).</summary>
    internal static Tensor NormalizedBlock(FeatureMatrix matrix, int row, int count)
    {
        using var block = Block(matrix, row, count);

        // No norm by its order: TorchSharp may free the number while native code still reads it, which ended two runs of some hours here.
        using var squares = block.square();
        using var sums = squares.sum([1L], keepdim: true);
        using var least = 1e-12.ToScalar();
        using var norm = sums.sqrt_().clamp_min_(least);
        var result = block / norm;
        GC.KeepAlive(least);
        return result;
    }

    /// <summary>The values of a contiguous float32 tensor, in place.</summary>
    internal static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>Adds what blocks of rows give, in their order, whichever thread computes them.</summary>
    /// <param name="sum">What is added to, in float64.</param>
    /// <param name="matrix">The rows.</param>
    /// <param name="blockRows">Rows of a block.</param>
    /// <param name="part">From a block, float32 (count, columns), to what is added.</param>
    internal static void Sum(Tensor sum, FeatureMatrix matrix, int blockRows, Func<Tensor, Tensor> part)
    {
        var blocks = Blocks(matrix.Rows, blockRows).ToArray();
        TorchWork.InOrder(
            blocks.Length,
            number => part(Block(matrix, blocks[number].Row, blocks[number].Count)).DetachFromDisposeScope(),
            value =>
            {
                using (value) sum.AddInPlace(value);
            });
    }

    /// <summary>Row ranges of about equal work: how every loop here keeps its memory flat.</summary>
    internal static IEnumerable<(int Row, int Count)> Blocks(int rows, int blockRows)
    {
        for (var row = 0; row < rows; row += blockRows)
            yield return (row, Math.Min(blockRows, rows - row));
    }

    /// <summary>
    /// The rows that have a label, with their labels; the matrix itself where all have (then nothing is copied and <c>Owned</c> is false).
    /// </summary>
    internal static (FeatureMatrix Rows, int[] Labels, bool Owned) Labelled(FeatureMatrix matrix, ReadOnlySpan<int> labels, string name)
    {
        if (labels.Length != matrix.Rows)
            throw new ArgumentException(
                $"{name}: {matrix.Rows} feature rows but {labels.Length} labels; give one label a row, -1 where unknown");
        var rows = new List<int>(labels.Length);
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] < -1)
                throw new ArgumentException($"{name}: row {i} has label {labels[i]}, expected -1 (unknown) or more");
            if (labels[i] >= 0)
                rows.Add(i);
        }

        if (rows.Count == 0)
            throw new ArgumentException($"{name}: no row is labelled");
        if (rows.Count == labels.Length)
            return (matrix, labels.ToArray(), false);
        var chosen = new int[rows.Count];
        for (var i = 0; i < chosen.Length; i++)
            chosen[i] = labels[rows[i]];
        return (matrix.Select(CollectionsMarshal.AsSpan(rows)), chosen, true);
    }
}
