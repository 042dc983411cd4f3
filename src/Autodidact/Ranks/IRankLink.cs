namespace Autodidact.Ranks;

/// <summary>
/// One rank's connection to the other ranks of its group. Every call is collective: all ranks make the same calls in the same order, each
/// from one thread. A call returns when this rank has its result; other ranks may still be in theirs.
/// </summary>
internal interface IRankLink : IDisposable
{
    /// <summary>This rank's number, from 0.</summary>
    int Rank { get; }

    /// <summary>The number of ranks in the group.</summary>
    int Size { get; }

    /// <summary>Sums over the ranks, element by element and in place; every rank gets the same bits.</summary>
    /// <param name="values">This rank's values, as many on every rank; afterwards the sums.</param>
    void Sum(Span<float> values);

    /// <inheritdoc cref="Sum(Span{float})"/>
    void Sum(Span<double> values);

    /// <inheritdoc cref="Sum(Span{float})"/>
    void Sum(Span<long> values);

    /// <summary>Every rank's bytes one after the other, in order of the ranks.</summary>
    /// <param name="own">This rank's bytes.</param>
    /// <param name="all">Takes the bytes of all ranks.</param>
    /// <param name="lengths">Each rank's number of bytes, the same on every rank.</param>
    void Gather(ReadOnlySpan<byte> own, Span<byte> all, ReadOnlySpan<int> lengths);

    /// <summary>The root's bytes, for every rank.</summary>
    /// <param name="values">The bytes to send on the root; elsewhere they are replaced by the root's.</param>
    /// <param name="root">The rank that sends.</param>
    void Broadcast(Span<byte> values, int root);

    /// <summary>Waits until every rank has come here.</summary>
    /// <param name="patiently">Whether that may take hours, since a rank has work of its own to do before.</param>
    void Meet(bool patiently = false);

    /// <summary>Ends every rank: the reason is shown once, and nobody waits for ever.</summary>
    /// <param name="reason">One line for the user.</param>
    void Abort(string reason);
}
