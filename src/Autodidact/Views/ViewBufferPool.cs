namespace Autodidact.Views;

/// <summary>
/// Keeps the buffers of finished batches for later ones. A batch of a thousand views takes megabytes, and allocating them at every step is
/// slow.
/// </summary>
internal sealed class ViewBufferPool(int capacity, bool pinned = false) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<ViewBuffer> _idle = [];
    private bool _disposed;

    /// <summary>The smallest idle buffer that is long enough, or a new one.</summary>
    internal ViewBuffer Rent(long length)
    {
        lock (_lock)
        {
            var best = -1;
            for (var i = 0; i < _idle.Count; i++)
            {
                if (_idle[i].Length >= length && (best < 0 || _idle[i].Length < _idle[best].Length))
                    best = i;
            }

            if (best >= 0)
            {
                var buffer = _idle[best];
                _idle.RemoveAt(best);
                return buffer;
            }
        }

        return new ViewBuffer(length, pinned);
    }

    /// <summary>Takes a buffer back. When there are too many, the shortest are freed.</summary>
    internal void Return(ViewBuffer buffer)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                buffer.Dispose();
                return;
            }

            _idle.Add(buffer);
            if (_idle.Count > capacity)
            {
                var shortest = _idle.MinBy(b => b.Length)!;
                _idle.Remove(shortest);
                shortest.Dispose();
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _idle.ForEach(b => b.Dispose());
            _idle.Clear();
        }
    }
}
