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
    private readonly Dictionary<(int First, int Count), torch.Tensor> _ranges = [];
    private torch.Tensor? _placed;
    private bool _disposed;

    internal ViewBatch(BatchPlan plan, ViewLayout layout, ViewBuffer buffer, ViewBufferPool pool)
    {
        Plan = plan;
        _layout = layout;
        _buffer = buffer;
        _pool = pool;
    }

    /// <summary>The plan of this batch.</summary>
    internal BatchPlan Plan { get; }

    /// <summary>Type of the tensors that are read from now on; a test of exactness reads float64.</summary>
    internal torch.ScalarType Type { get; set; } = torch.ScalarType.Float32;

    /// <summary>Where the views are read. They go up once, whole, when the first is read.</summary>
    internal torch.Device Device { get; set; } = torch.CPU;

    /// <summary>Number of images, B.</summary>
    public int ImageCount => _layout.ImageCount;

    /// <summary>Number of views of each image, V.</summary>
    public int ViewCount => _layout.Recipes.Count;

    /// <summary>
    /// All views, float32 [V * B, 3, S, S] with channels-last strides: the images of view 0, then those of view 1, and so on.
    /// </summary>
    /// <exception cref="InvalidOperationException">The views differ in size; use <see cref="View"/>.</exception>
    public torch.Tensor All => Range(0, ViewCount);

    /// <summary>One view of every image, float32 [B, 3, S, S] with channels-last strides.</summary>
    /// <param name="v">0 to <see cref="ViewCount"/> - 1.</param>
    public torch.Tensor View(int v) => Range(v, 1);

    /// <summary>
    /// Some views of every image, float32 [count * B, 3, S, S] with channels-last strides: the images of the first, then those of the next,
    /// and so on.
    /// </summary>
    /// <param name="first">The first view, from 0.</param>
    /// <param name="count">How many, 1 or more.</param>
    /// <exception cref="InvalidOperationException">These views differ in size.</exception>
    public torch.Tensor Range(int first, int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, ViewCount);
        if (!_ranges.TryGetValue((first, count), out var range))
        {
            var size = _layout.Recipes[first].Size;
            if (_layout.Recipes.Skip(first).Take(count).Any(r => r.Size != size))
                throw new InvalidOperationException("these views differ in size; read them one by one");
            range = Slice(_layout.ViewOffset(first), _layout.ViewOffset(first + count), (long)count * ImageCount, size);
            _ranges.Add((first, count), range);
        }

        return range;
    }

    /// <summary>Disposes of the tensors and gives the memory back.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (var range in _ranges.Values)
            range.Dispose();
        _placed?.Dispose();

        // Whoever read the views has waited for results of them, so a copy that goes up without waiting has ended.
        _pool.Return(_buffer);
    }

    /// <summary>Made at the first use, hence on the consumer's thread, and detached from the dispose scope that is open there.</summary>
    private torch.Tensor Slice(long from, long to, long count, int size)
    {
        using var part = Flat().narrow(0, from, to - from);
        using var channelsLast = part.view(count, size, size, 3);
        using var images = channelsLast.permute(0, 3, 1, 2);
        return (Type == torch.ScalarType.Float32 ? images.alias() : images.to(Type)).DetachFromDisposeScope();
    }

    private torch.Tensor Flat()
    {
        if (Device.type == DeviceType.CPU) return _buffer.Flat;
        if (_placed is null)
        {
            using var used = _buffer.Flat.narrow(0, 0, Math.Max(1, _layout.Length));
            _placed = used.to(Device, non_blocking: true).DetachFromDisposeScope();
        }

        return _placed;
    }
}
