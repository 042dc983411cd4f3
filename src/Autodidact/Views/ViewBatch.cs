using TorchSharp;

namespace Autodidact.Views;

/// <summary>
/// The views of one batch. Its tensors are slices of pooled memory: they belong to the batch, no dispose scope takes them, and they must
/// not be read after <see cref="Dispose"/>, when the memory goes to another batch. Dispose of it after the backward pass, not before.
/// </summary>
public sealed class ViewBatch : IDisposable
{
    private readonly ViewLayout _layout;
    private readonly ViewBuffer _buffer;
    private readonly ViewBufferPool _pool;
    private readonly torch.Tensor?[] _views;
    private torch.Tensor? _all;
    private bool _disposed;

    internal ViewBatch(BatchPlan plan, ViewLayout layout, ViewBuffer buffer, ViewBufferPool pool)
    {
        Plan = plan;
        _layout = layout;
        _buffer = buffer;
        _pool = pool;
        _views = new torch.Tensor?[layout.Recipes.Count];
    }

    /// <summary>What was asked for.</summary>
    public BatchPlan Plan { get; }

    /// <summary>Number of images, B.</summary>
    public int ImageCount => _layout.ImageCount;

    /// <summary>Number of views of each image, V.</summary>
    public int ViewCount => _layout.Recipes.Count;

    /// <summary>
    /// All views, float32 [V * B, 3, S, S] with channels-last strides: the images of view 0, then those of view 1, and so on.
    /// </summary>
    /// <exception cref="InvalidOperationException">The views differ in size; use <see cref="View"/>.</exception>
    public torch.Tensor All
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_all is null)
            {
                var size = _layout.Recipes[0].Size;
                if (_layout.Recipes.Any(r => r.Size != size))
                    throw new InvalidOperationException("the views of this batch differ in size; read them one by one");
                _all = Slice(0, _layout.Length, (long)ViewCount * ImageCount, size);
            }

            return _all;
        }
    }

    /// <summary>One view of every image, float32 [B, 3, S, S] with channels-last strides.</summary>
    /// <param name="v">0 to <see cref="ViewCount"/> - 1.</param>
    public torch.Tensor View(int v)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(v);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(v, ViewCount);
        return _views[v] ??= Slice(_layout.ViewOffset(v), _layout.ViewOffset(v + 1), ImageCount, _layout.Recipes[v].Size);
    }

    /// <summary>Disposes of the tensors and gives the memory back.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _all?.Dispose();
        foreach (var view in _views)
            view?.Dispose();
        _pool.Return(_buffer);
    }

    /// <summary>Made when first asked for, hence on the consumer's thread, and kept out of whatever dispose scope is open there.</summary>
    private torch.Tensor Slice(long from, long to, long count, int size)
    {
        using var part = _buffer.Flat.narrow(0, from, to - from);
        using var channelsLast = part.view(count, size, size, 3);
        return channelsLast.permute(0, 3, 1, 2).DetachFromDisposeScope();
    }
}
