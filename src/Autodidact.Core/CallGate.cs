namespace Autodidact;

/// <summary>
/// Guards memory that is not the runtime's own. Calls pass the gate before they touch it; closing waits for those inside and refuses all
/// later ones, so that none reads what was freed, which would end the process.
/// </summary>
/// <param name="owner">The object that is disposed: <see cref="ObjectDisposedException"/> names its type.</param>
internal sealed class CallGate(object owner)
{
    private readonly object _lock = new();
    private int _inside;
    private bool _closed;

    /// <summary>
    /// Lets a call in; it leaves when the result is disposed. A call must not enter again from inside: closing could come between.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The gate is closed.</exception>
    public Pass Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, owner);
            _inside++;
        }

        return new Pass(this);
    }

    /// <summary>Refuses a call early that will enter later.</summary>
    /// <exception cref="ObjectDisposedException">The gate is closed.</exception>
    public void ThrowIfClosed()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, owner);
        }
    }

    /// <summary>Closes the gate and waits until every call has left. It may be closed again.</summary>
    /// <returns>Whether this call closed it, and so has to free what it guards.</returns>
    public bool Close()
    {
        lock (_lock)
        {
            var first = !_closed;
            _closed = true;
            while (_inside > 0)
            {
                Monitor.Wait(_lock);
            }

            return first;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_inside == 0)
            {
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>A call that is inside.</summary>
    public readonly struct Pass(CallGate gate) : IDisposable
    {
        /// <summary>Leaves.</summary>
        public void Dispose() => gate.Leave();
    }
}
