using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Training.Parts;

/// <summary>
/// A fixed number of embeddings, first in, first out: a memory of more images than a batch holds. It starts with random directions.
/// </summary>
internal sealed class EmbeddingQueue : IDisposable
{
    private readonly Tensor _rows;
    private readonly Tensor _next;

    /// <summary>A queue of random unit vectors, drawn from torch's generator.</summary>
    /// <param name="size">Embeddings it holds.</param>
    /// <param name="dimension">Size of an embedding.</param>
    /// <param name="device">Where it lies; null is the CPU.</param>
    public EmbeddingQueue(long size, long dimension, Device? device = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        using var scope = NewDisposeScope();
        _rows = nn.functional.normalize(randn(size, dimension), p: 2, dim: 1).to(device ?? CPU).DetachFromDisposeScope();
        _next = zeros(1, ScalarType.Int64, device ?? CPU).DetachFromDisposeScope();
    }

    /// <summary>Embeddings it holds.</summary>
    public long Size => _rows.shape[0];

    /// <summary>
    /// The embeddings as they stand: [size, dimension]. A loss may keep it for its gradient, since the queue going on does not change it.
    /// </summary>
    public Tensor Snapshot() => _rows.clone();

    /// <summary>The tensors that a checkpoint keeps.</summary>
    /// <param name="name">Name of the queue.</param>
    public IEnumerable<KeyValuePair<string, Tensor>> State(string name) => [new(name, _rows), new($"{name}_next", _next)];

    /// <summary>Replaces everything.</summary>
    /// <param name="embeddings">[size, dimension], the one that leaves first in front.</param>
    public void Fill(Tensor embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (!embeddings.shape.SequenceEqual(_rows.shape))
        {
            throw new ArgumentException(
                $"expected [{string.Join(", ", _rows.shape)}], got [{string.Join(", ", embeddings.shape)}]", nameof(embeddings));
        }

        using var noGrad = no_grad();
        _rows.copy_(embeddings);
        _next.zero_();
    }

    /// <summary>Puts embeddings in the place of the oldest; of more than it holds, the last stay.</summary>
    /// <param name="embeddings">[B, dimension], in the order in which they are to leave.</param>
    public void Enqueue(Tensor embeddings)
    {
        ArgumentNullException.ThrowIfNull(embeddings);
        if (embeddings.dim() != 2 || embeddings.shape[1] != _rows.shape[1])
        {
            throw new ArgumentException(
                $"expected embeddings of {_rows.shape[1]} dimensions, got [{string.Join(", ", embeddings.shape)}]", nameof(embeddings));
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var passing = Math.Max(0, embeddings.shape[0] - Size);
        var staying = embeddings.shape[0] - passing;
        _rows.index_copy_(
            0,
            (_next + passing + arange(staying, ScalarType.Int64, _next.device)).remainder(Size),
            embeddings.narrow(0, passing, staying).to(_rows.dtype));
        _next.add_(passing + staying).remainder_(Size);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _next.Dispose();
    }
}
