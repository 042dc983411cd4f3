namespace Autodidact.Ranks;

/// <summary>The pieces of a work that are this rank's: all of them, where it is not divided.</summary>
internal sealed class WorkShare
{
    private readonly RankGroup _ranks;
    private readonly int _pieces;
    private readonly Action? _meet;

    /// <summary>Divides pieces.</summary>
    /// <param name="ranks">The ranks; null leaves all pieces to the caller.</param>
    /// <param name="pieces">Number of pieces.</param>
    /// <param name="meet">Meets the other ranks.</param>
    internal WorkShare(RankGroup? ranks, int pieces, Action? meet = null)
    {
        (_ranks, _pieces, _meet) = (ranks ?? RankGroup.Single, pieces, meet);
        (First, Count) = _ranks.Part(pieces);
    }

    /// <summary>This rank's first piece.</summary>
    public int First { get; }

    /// <summary>Number of this rank's pieces.</summary>
    public int Count { get; }

    /// <summary>Whether other ranks do pieces.</summary>
    public bool IsDivided => _ranks.Size > 1;

    /// <summary>Whether this rank decides where only one may.</summary>
    public bool IsFirst => _ranks.IsFirst;

    /// <summary>Begins another round of the same pieces: stops if a rank is told to.</summary>
    public void Meet() => _meet?.Invoke();

    /// <summary>Gets the results of the other ranks' pieces.</summary>
    /// <typeparam name="T">Type of a value.</typeparam>
    /// <param name="rows">Rows of all results.</param>
    /// <param name="rowsAPiece">Rows that a piece gives; the last may give fewer.</param>
    /// <param name="values">The results, this rank's among them.</param>
    public void Complete<T>(int rows, int rowsAPiece, RowValues<T> values)
        where T : unmanaged
    {
        if (!IsDivided) return;
        _ranks.GatherRows(
            [
                .. Enumerable.Range(0, _ranks.Size).Select(rank =>
                {
                    var (first, count) = _ranks.Part(_pieces, rank);
                    var row = (int)Math.Min(rows, (long)first * rowsAPiece);
                    return (row, (int)Math.Min(rows, (long)(first + count) * rowsAPiece) - row);
                }),
            ],
            values);
    }

    /// <summary>The same for an array.</summary>
    /// <typeparam name="T">Type of a value.</typeparam>
    /// <param name="values">The results, this rank's among them.</param>
    /// <param name="valuesAPiece">Values that a piece gives; the last may give fewer.</param>
    public void Complete<T>(T[] values, int valuesAPiece)
        where T : unmanaged => Complete(values.Length, valuesAPiece, (first, count) => values.AsSpan(first, count));

    /// <summary>The first rank's bytes, for every rank, in place: what must not differ by a last bit.</summary>
    /// <param name="values">As many on every rank.</param>
    public void FromFirst(Span<byte> values) => _ranks.Broadcast(values);

    /// <summary>Adds up a number over the ranks.</summary>
    /// <param name="own">This rank's.</param>
    public double Sum(double own)
    {
        double[] sum = [own];
        _ranks.Sum(sum);
        return sum[0];
    }

    /// <summary>The first rank's answer, for every rank.</summary>
    /// <param name="own">This rank's.</param>
    public bool Agree(bool own) => _ranks.Agree(own);
}
