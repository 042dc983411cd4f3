namespace Autodidact.Ranks;

/// <summary>Kinds of calls between ranks, by what they send.</summary>
internal enum RankCall
{
    /// <summary>Values of which every rank has all, and gets the sums.</summary>
    Sum,

    /// <summary>A part from each rank, for every rank.</summary>
    Gather,

    /// <summary>One rank's bytes, for every rank.</summary>
    Broadcast,
}

/// <summary>A connection that counts what goes over it.</summary>
/// <param name="link">The connection.</param>
internal sealed class CountingLink(IRankLink link) : IRankLink
{
    private readonly List<(RankCall Call, long Bytes)> _calls = [];

    /// <summary>The calls so far, each with the bytes of its result.</summary>
    public IReadOnlyList<(RankCall Call, long Bytes)> Calls => _calls;

    /// <inheritdoc/>
    public int Rank => link.Rank;

    /// <inheritdoc/>
    public int Size => link.Size;

    /// <summary>Forgets the calls so far.</summary>
    public void Restart() => _calls.Clear();

    /// <inheritdoc/>
    public void Sum(Span<float> values)
    {
        _calls.Add((RankCall.Sum, (long)values.Length * sizeof(float)));
        link.Sum(values);
    }

    /// <inheritdoc/>
    public void Sum(Span<double> values)
    {
        _calls.Add((RankCall.Sum, (long)values.Length * sizeof(double)));
        link.Sum(values);
    }

    /// <inheritdoc/>
    public void Sum(Span<long> values)
    {
        _calls.Add((RankCall.Sum, (long)values.Length * sizeof(long)));
        link.Sum(values);
    }

    /// <inheritdoc/>
    public void Gather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        _calls.Add((RankCall.Gather, all.Length));
        link.Gather(own, all, lengths);
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> values, int root)
    {
        _calls.Add((RankCall.Broadcast, values.Length));
        link.Broadcast(values, root);
    }

    /// <inheritdoc/>
    public void Meet(bool patiently = false) => link.Meet(patiently);

    /// <inheritdoc/>
    public void Abort(string reason) => link.Abort(reason);

    /// <inheritdoc/>
    public void Dispose() => link.Dispose();
}
