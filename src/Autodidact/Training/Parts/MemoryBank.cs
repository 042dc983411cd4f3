using Autodidact.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Training.Parts;

/// <summary>
/// One unit vector for each training image, a moving average of its embeddings: the memory of Wu et al., CVPR 2018, arXiv 1805.01978. It
/// starts with random directions.
/// </summary>
internal sealed class MemoryBank : IDisposable
{
    private readonly Tensor _vectors;

    /// <summary>A bank of random unit vectors, drawn from torch's generator.</summary>
    /// <param name="images">Training images.</param>
    /// <param name="dimension">Size of an embedding.</param>
    /// <param name="device">Where it lies; null is the CPU.</param>
    public MemoryBank(long images, long dimension, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        using var scope = NewDisposeScope();
        _vectors = nn.functional.normalize(randn(images, dimension), p: 2, dim: 1).to(device ?? CPU).DetachFromDisposeScope();
    }

    /// <summary>Training images.</summary>
    public long Images => _vectors.shape[0];

    /// <summary>
    /// All of it, as it stands: [images, dimension]. A loss may keep it for its gradient, since updates do not change it.
    /// </summary>
    public Tensor Snapshot() => _vectors.clone();

    /// <summary>Some vectors, as they stand: [B, dimension]; a copy, as <see cref="Snapshot"/> is.</summary>
    /// <param name="rows">Which: int64 [B], positions within the training set.</param>
    public Tensor Rows(Tensor rows) => _vectors.index_select(0, rows);

    /// <summary>The tensors that a checkpoint keeps.</summary>
    /// <param name="name">Name of the bank.</param>
    public KeyValuePair<string, Tensor> State(string name) => new(name, _vectors);

    /// <summary>
    /// vector = momentum vector + (1 - momentum) embedding, then scaled to length 1; for the images given, the others stay.
    /// </summary>
    /// <param name="rows">The images: int64 [B], each at most once.</param>
    /// <param name="embeddings">Theirs: [B, dimension]; their length does not matter.</param>
    /// <param name="momentum">0 takes the embedding, 1 leaves the bank as it is.</param>
    /// <exception cref="ArgumentException">The shapes differ, or the momentum is not within 0 and 1.</exception>
    public void Update(Tensor rows, Tensor embeddings, double momentum)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(embeddings);
        if (embeddings.dim() != 2 || embeddings.shape[1] != _vectors.shape[1] || rows.dim() != 1 || rows.shape[0] != embeddings.shape[0])
        {
            throw new ArgumentException(
                $"expected rows [B] and embeddings [B, {_vectors.shape[1]}], "
                    + $"got [{string.Join(", ", rows.shape)}] and [{string.Join(", ", embeddings.shape)}]",
                nameof(embeddings));
        }

        if (!(momentum is >= 0 and <= 1))
        {
            throw new ArgumentException($"expected a momentum within 0 and 1, got {momentum}", nameof(momentum));
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var unit = nn.functional.normalize(embeddings.to(_vectors.dtype), p: 2, dim: 1);
        var mixed = Rows(rows).MultiplyInPlace(momentum).AddInPlace(unit, 1 - momentum);
        _vectors.index_copy_(0, rows, nn.functional.normalize(mixed, p: 2, dim: 1));
    }

    /// <inheritdoc/>
    public void Dispose() => _vectors.Dispose();
}
