using System.Runtime.InteropServices;

namespace Autodidact.Inference;

/// <summary>
/// The rows that can still be among a query's best: those whose estimate is no further below the last of the best estimates than both
/// may err. Of one thread.
/// </summary>
/// <param name="count">How many best are wanted, 1 or more.</param>
/// <param name="error">Most by which an estimate can be wrong.</param>
internal sealed class Candidates(int count, float error)
{
    private readonly List<float> _estimates = [];
    private readonly List<int> _rows = [];
    private int _limit = Math.Max(64, 2L * count > int.MaxValue ? int.MaxValue : 2 * count);

    /// <summary>Estimates below this are of no use.</summary>
    public float Threshold { get; private set; } = float.NegativeInfinity;

    /// <summary>Rows kept.</summary>
    public ReadOnlySpan<int> Rows => CollectionsMarshal.AsSpan(_rows);

    /// <summary>Takes a row if it may be among the best. An estimate that is not a number never is.</summary>
    public void Offer(int row, float estimate)
    {
        if (!(estimate >= Threshold))
        {
            return;
        }

        _estimates.Add(estimate);
        _rows.Add(row);
        if (_rows.Count >= _limit)
        {
            Prune();
        }
    }

    /// <summary>Takes what another thread found.</summary>
    public void Add(Candidates other)
    {
        for (var i = 0; i < other._rows.Count; i++)
        {
            Offer(other._rows[i], other._estimates[i]);
        }
    }

    /// <summary>Drops all that cannot be among the best.</summary>
    public void Prune()
    {
        if (_rows.Count > count)
        {
            var sorted = _estimates.ToArray();
            Array.Sort(sorted);
            Threshold = sorted[^count] - (2 * error);
        }

        var kept = 0;
        for (var i = 0; i < _rows.Count; i++)
        {
            if (_estimates[i] >= Threshold)
            {
                (_rows[kept], _estimates[kept]) = (_rows[i], _estimates[i]);
                kept++;
            }
        }

        _rows.RemoveRange(kept, _rows.Count - kept);
        _estimates.RemoveRange(kept, _estimates.Count - kept);

        // Where very many are equally near, all of them stay: room that doubles keeps the cost of each in bounds.
        _limit = (int)Math.Min(int.MaxValue, Math.Max(_limit, 2L * kept));
    }
}
