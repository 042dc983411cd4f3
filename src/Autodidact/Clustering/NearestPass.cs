using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Autodidact.Numerics;
using Autodidact.Ranks;

namespace Autodidact.Clustering;

/// <summary>
/// Finds each row's nearest centroid, by full products or, once bounds are known, only by those that could matter. The rows that still need
/// products are packed into dense blocks, and within a block each panel is multiplied with just the rows that need it, so the kernel runs
/// at the speed of a dense matrix product whatever is skipped.
/// </summary>
internal sealed class NearestPass : IDisposable
{
    private const int ChunkRows = 512;

    /// <summary>Share of the products that a pass computes once there are bounds, about.</summary>
    private const double PrunedShare = 0.1;

    /// <summary>Most memory for lower bounds; beyond it a group takes several panels.</summary>
    private const long BoundBytes = 512L << 20;

    private readonly FeatureMatrix _seen;
    private readonly CentroidPanels _panels;
    private readonly DistanceBounds? _bounds;
    private readonly Workers _workers;
    private readonly WorkShare _share;
    private readonly int[] _groupOf;
    private readonly int _panelsPerGroup;
    private readonly int _groups;
    private PreparedRows _rows;
    private FeatureMatrix _centroids;
    private float[] _seenOrigin;

    /// <summary>Prepares passes over rows for centroids that will move.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="centroids">Centroids in the prepared space.</param>
    /// <param name="prune">Whether to keep bounds.</param>
    /// <param name="workers">Threads.</param>
    public NearestPass(PreparedRows rows, FeatureMatrix centroids, bool prune, Workers workers)
    {
        _rows = rows;
        _centroids = centroids;
        _workers = workers;
        _seen = new FeatureMatrix(centroids.Rows, centroids.Columns);
        _seenOrigin = rows.Origin;
        var order = prune ? CentroidOrder.Of(centroids) : [.. Enumerable.Range(0, centroids.Rows)];
        _panels = new CentroidPanels(order, centroids.Columns, rows.Spherical);
        _panels.Load(centroids);
        var affordable = Math.Max(1, BoundBytes / sizeof(float) / Math.Max(1, rows.Count));
        _panelsPerGroup = prune ? (int)((_panels.Count + affordable - 1) / affordable) : 1;
        _groups = (_panels.Count + _panelsPerGroup - 1) / _panelsPerGroup;
        _groupOf = new int[centroids.Rows];
        for (var j = 0; j < _groupOf.Length; j++)
        {
            _groupOf[j] = _panels.PanelOf(j) / _panelsPerGroup;
        }

        _bounds = prune ? new DistanceBounds(rows.Count, _groups) : null;

        // Bounds stay with the rank that has the row, so rows are divided once for all passes.
        _share = SharedWork.Divide(
            "nearest centroids",
            (rows.Count + ChunkRows - 1) / ChunkRows,
            2.0 * rows.Count * centroids.Rows * rows.Dimensions * (prune ? PrunedShare : 1),
            (double)rows.Count * sizeof(int));
        Assignments = new int[rows.Count];
        RunnersUp = Enumerable.Repeat(-1, rows.Count).ToArray();
    }

    /// <summary>Nearest centroid of each row.</summary>
    public int[] Assignments { get; }

    /// <summary>
    /// Another near centroid: the second-nearest after a pass that asked for it; -1 where there is no other. After another pass only the
    /// rank that has the row knows it.
    /// </summary>
    public int[] RunnersUp { get; }

    /// <summary>Fraction of the products the last pass computed.</summary>
    public double Evaluated { get; private set; }

    /// <summary>Takes the centroids' new values.</summary>
    public void MoveTo(FeatureMatrix centroids) => MoveTo(_rows, centroids);

    /// <summary>Takes the centroids' new values, and the same rows shifted by another origin.</summary>
    public void MoveTo(PreparedRows rows, FeatureMatrix centroids)
    {
        _share.FromFirst(MemoryMarshal.AsBytes(centroids.Block(0, centroids.Rows)));
        _rows = rows;
        _centroids = centroids;
        _panels.Load(centroids);
        if (_bounds is { Known: true })
        {
            _bounds.SetDrift(Drift(), _groupOf);
        }
    }

    /// <summary>The first rank's value, where ranks share the work: what decides the end must not differ by a last bit.</summary>
    public double FromFirst(double value)
    {
        double[] first = [value];
        _share.FromFirst(MemoryMarshal.AsBytes(first.AsSpan()));
        return first[0];
    }

    /// <summary>Puts a row into a cluster by decree, as the repair of empty clusters does.</summary>
    public void Reassign(int row, int cluster)
    {
        RunnersUp[row] = Assignments[row];
        Assignments[row] = cluster;
        _bounds?.Forget(row);
    }

    /// <summary>
    /// Finds the nearest centroids, and the second-nearest if asked. Ranks that share the work have a part of the rows each.
    /// </summary>
    public void Run(bool second)
    {
        long evaluated = 0;
        _share.Meet();
        _workers.Run(
            _share.Count,
            () => new NearestBlock(_rows.Dimensions),
            (block, piece) =>
            {
                var chunk = _share.First + piece;
                for (var i = chunk * ChunkRows; i < Math.Min(_rows.Count, (chunk + 1) * ChunkRows); i++)
                {
                    if (Add(block, i, second) && ++block.Count == block.Capacity)
                    {
                        Flush(block, second);
                    }
                }
            },
            block =>
            {
                Flush(block, second);
                Interlocked.Add(ref evaluated, block.Evaluated);
                block.Dispose();
            });
        _share.Complete(Assignments, ChunkRows);
        if (second) _share.Complete(RunnersUp, ChunkRows);
        Evaluated = _share.Sum(evaluated) / Math.Max(1.0, (double)_rows.Count * _panels.Count * ProductTile.Columns);
        if (_bounds is not null)
        {
            _bounds.Known = true;
            _bounds.SetDrift(new float[_groupOf.Length], _groupOf);
            _centroids.Block(0, _centroids.Rows).CopyTo(_seen.Block(0, _seen.Rows));
            _seenOrigin = _rows.Origin;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _panels.Dispose();
        _bounds?.Dispose();
        _seen.Dispose();
    }

    /// <summary>How far each centroid moved since the last pass, rounded up.</summary>
    private float[] Drift()
    {
        var shift = new double[_seenOrigin.Length];
        var sameOrigin = ReferenceEquals(_seenOrigin, _rows.Origin);
        for (var p = 0; p < shift.Length; p++)
        {
            shift[p] = (double)_rows.Origin[p] - _seenOrigin[p];
        }

        // Another origin rounds every row anew.
        var extra = sameOrigin ? 0 : 4e-7f * MathF.Sqrt(TensorPrimitives.Max<float>(_rows.SquaredNorms)) * MathF.Sqrt(2);
        var drift = new float[_groupOf.Length];
        for (var j = 0; j < drift.Length; j++)
        {
            var now = _centroids[j];
            var then = _seen[j];
            var sum = 0.0;
            if (sameOrigin)
            {
                sum = WideSums.SquaredDistance(now, then);
            }
            else
            {
                for (var p = 0; p < shift.Length; p++)
                {
                    var moved = (double)now[p] - then[p] + shift[p];
                    sum += moved * moved;
                }
            }

            drift[j] = (float)(Math.Sqrt(sum) * (1 + 1e-6)) + extra;
        }

        return drift;
    }

    /// <summary>Puts a row into the block's next slot.</summary>
    /// <returns>False if its bounds already show that nothing can change.</returns>
    private bool Add(NearestBlock block, int row, bool second)
    {
        var slot = block.Count;
        var norm = _rows.SquaredNorms[row];
        var slack = Rounding.Slack(_rows.Dimensions, norm, _panels.LongestNorm);
        var threshold = float.PositiveInfinity;
        var own = -1;
        if (_bounds is { Known: true })
        {
            var centroid = Assignments[row];
            var (upper, nearestOther) = _bounds.Move(row, centroid);
            if (!second && nearestOther > Rounding.Threshold(upper * upper, slack))
            {
                return false;
            }

            _rows.Copy(row, block[slot]);
            var distance = SquaredDistance(block[slot], norm, centroid);
            threshold = Rounding.Threshold(distance, slack);
            if (!second && nearestOther > threshold)
            {
                _bounds.Upper[row] = Rounding.Above(distance, slack);
                return false;
            }

            if (second)
            {
                threshold = RunnersUp[row] < 0
                    ? float.PositiveInfinity
                    : Math.Max(threshold, Rounding.Threshold(SquaredDistance(block[slot], norm, RunnersUp[row]), slack));
            }

            own = _groupOf[centroid];
        }
        else
        {
            _rows.Copy(row, block[slot]);
        }

        block.Rows[slot] = row;
        block.SquaredNorm[slot] = norm;
        block.Slack[slot] = slack;
        block.Threshold[slot] = threshold;
        block.OwnGroup[slot] = own;
        block.Nearest[slot] = NearestBlock.Candidate.None;
        block.Second[slot] = NearestBlock.Candidate.None;
        return true;
    }

    private float SquaredDistance(ReadOnlySpan<float> x, float squaredNorm, int centroid) =>
        squaredNorm + (2 * (_panels.HalfNorm(centroid) - TensorPrimitives.Dot(x, _centroids[centroid])));

    private void Flush(NearestBlock block, bool second)
    {
        Span<float> rest = stackalloc float[block.Count];
        for (var group = 0; group < _groups; group++)
        {
            var active = Select(block, group);
            var first = group * _panelsPerGroup;
            block.Compute(_panels, first, Math.Min(_panels.Count, first + _panelsPerGroup), active);
            if (_bounds is null)
            {
                continue;
            }

            for (var a = 0; a < active; a++)
            {
                var slot = block.Active[a];
                var (norm, slack) = (block.SquaredNorm[slot], block.Slack[slot]);
                _bounds.Lower(block.Rows[slot])[group] = Rounding.Below(norm + (2 * block.GroupLeast[slot]), slack);
                if (_groupOf[block.Nearest[slot].Id] == group)
                {
                    rest[slot] = block.GroupRest[slot];
                }

                var decisive = second ? block.Second[slot].Score : block.Nearest[slot].Score;
                block.Threshold[slot] = Math.Min(block.Threshold[slot], Rounding.Threshold(norm + (2 * decisive), slack));
            }
        }

        for (var slot = 0; slot < block.Count; slot++)
        {
            Finish(block, slot, rest[slot]);
        }

        block.Count = 0;
    }

    /// <summary>Lists the slots a group could matter to.</summary>
    private int Select(NearestBlock block, int group)
    {
        var active = 0;
        for (var slot = 0; slot < block.Count; slot++)
        {
            if (_bounds is not { Known: true }
                || block.OwnGroup[slot] == group
                || _bounds.Lower(block.Rows[slot])[group] <= block.Threshold[slot])
            {
                block.Active[active++] = slot;
            }
        }

        return active;
    }

    private void Finish(NearestBlock block, int slot, float rest)
    {
        var row = block.Rows[slot];
        var nearest = block.Nearest[slot];
        var second = block.Second[slot];
        if (second.Id != int.MaxValue)
        {
            RunnersUp[row] = second.Id;
        }
        else if (nearest.Id != Assignments[row])
        {
            RunnersUp[row] = Assignments[row];
        }

        Assignments[row] = nearest.Id;
        if (_bounds is null)
        {
            return;
        }

        var (norm, slack) = (block.SquaredNorm[slot], block.Slack[slot]);
        _bounds.Upper[row] = Rounding.Above(norm + (2 * nearest.Score), slack);

        // The bound of its own group leaves the row's centroid out.
        _bounds.Lower(row)[_groupOf[nearest.Id]] = Rounding.Below(norm + (2 * rest), slack);
    }
}
