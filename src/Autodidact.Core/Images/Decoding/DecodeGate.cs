namespace Autodidact.Images;

/// <summary>
/// Holds the pictures that are decoded at once to a total of memory, in the order in which they come. A picture that is larger than the
/// total goes alone.
/// </summary>
/// <param name="capacity">Most bytes at once.</param>
internal sealed class DecodeGate(long capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Turn> _waiting = [];
    private long _taken;

    /// <summary>
    /// The gate of this process: <see cref="DecodeLimits.TotalBytes"/>, or a quarter of the memory that is left at first if that is less.
    /// </summary>
    public static DecodeGate Process { get; } = new(Math.Min(DecodeLimits.TotalBytes, MemoryLeft.Bytes / 4));

    /// <summary>
    /// The gate of this process for encoded files that wait to be decoded. Whoever is in it may wait for <see cref="Process"/>, and never
    /// the other way round, so that the two cannot block each other.
    /// </summary>
    public static DecodeGate Encoded { get; } = new(Math.Min(DecodeLimits.TotalBytes / 4, MemoryLeft.Bytes / 16));

    /// <summary>Most bytes at once.</summary>
    public long Capacity => capacity;

    /// <summary>Pictures that wait.</summary>
    internal int Waiting
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    /// <summary>Waits until a picture may be decoded.</summary>
    /// <param name="bytes">Bytes that it takes.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The turn; to be disposed of when the picture is decoded.</returns>
    public IDisposable Enter(long bytes, CancellationToken cancellationToken)
    {
        var turn = new Turn(this, Math.Min(bytes, capacity));
        lock (_lock)
        {
            if (_waiting.Count == 0 && Fits(turn))
            {
                _taken += turn.Bytes;
                return turn;
            }

            _waiting.AddLast(turn);
        }

        try
        {
            turn.Wait(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Abandon(turn);
            throw;
        }

        return turn;
    }

    private bool Fits(Turn turn) => _taken + turn.Bytes <= capacity;

    private void Abandon(Turn turn)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(turn))
                _taken -= turn.Bytes;
            LetIn();
        }
    }

    private void Leave(Turn turn)
    {
        lock (_lock)
        {
            _taken -= turn.Bytes;
            LetIn();
        }
    }

    private void LetIn()
    {
        while (_waiting.First is { } first && Fits(first.Value))
        {
            _waiting.RemoveFirst();
            _taken += first.Value.Bytes;
            first.Value.LetIn();
        }
    }

    private sealed class Turn(DecodeGate gate, long bytes) : IDisposable
    {
        private readonly ManualResetEventSlim _isIn = new();

        public long Bytes => bytes;

        public void LetIn() => _isIn.Set();

        public void Wait(CancellationToken cancellationToken) => _isIn.Wait(cancellationToken);

        public void Dispose()
        {
            gate.Leave(this);
            _isIn.Dispose();
        }
    }
}
