namespace Autodidact.Ranks;

/// <summary>
/// Where the rank threads of one process wait for each other. They wait in the kernel, never by spinning: a rank whose core another program
/// holds delays the others by its share of the work and no more.
/// </summary>
/// <param name="size">Threads that meet.</param>
internal sealed class ThreadMeeting(int size)
{
    // A monitor, and not System.Threading.Barrier, which spins first.
    private readonly object _gate = new();
    private int _arrived;
    private long _meetings;
    private string? _aborted;

    /// <summary>Waits until all threads have come.</summary>
    /// <exception cref="RankLostException">One of them has ended.</exception>
    public void Meet()
    {
        lock (_gate)
        {
            Check();
            if (++_arrived == size)
            {
                _arrived = 0;
                _meetings++;
                Monitor.PulseAll(_gate);
                return;
            }

            var meeting = _meetings;
            while (_meetings == meeting)
            {
                Monitor.Wait(_gate);
                if (_meetings == meeting) Check();
            }
        }
    }

    /// <summary>Lets nobody wait any longer, now and later. The first reason counts.</summary>
    /// <param name="reason">One line.</param>
    public void Abort(string reason)
    {
        lock (_gate)
        {
            _aborted ??= reason;
            Monitor.PulseAll(_gate);
        }
    }

    private void Check()
    {
        if (_aborted is { } reason) throw new RankLostException(reason);
    }
}
