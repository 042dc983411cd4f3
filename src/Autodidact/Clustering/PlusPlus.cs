using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Autodidact.Numerics;
using Autodidact.Ranks;

namespace Autodidact.Clustering;

/// <summary>
/// Greedy k-means++ (Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007): the next centroid is a row drawn
/// in proportion to its squared distance from the nearest one chosen; of 2 + ln k such draws, the one that leaves the least sum of
/// distances is kept. Once a few dozen are chosen, sixteen draws are made at a time and the best two kept, the second chosen knowing the
/// first: that fills the kernel's tile and halves the cost.
/// </summary>
internal static unsafe class PlusPlus
{
    private const int ChunkRows = 516;

    /// <summary>Until this many are chosen, each new one changes the distances too much to draw a second one with it.</summary>
    private const int OneAtATime = 32;

    /// <summary>Centroids, [k, d], drawn from rows in the prepared space.</summary>
    public static FeatureMatrix Choose(FeatureMatrix sample, int clusters, ref CounterRandom random, bool spherical, Workers workers)
    {
        var draws = Math.Min(ProductTile.Columns, 2 + (int)Math.Log(clusters));
        var closest = new float[sample.Rows];
        var norms = new float[sample.Rows];
        for (var i = 0; i < norms.Length; i++)
        {
            closest[i] = float.PositiveInfinity;
            norms[i] = spherical ? 1 : (float)WideSums.SquaredNorm(sample[i]);
        }

        var state = new State(sample, norms, closest, spherical, workers);
        var chosen = new List<int>(clusters);
        state.Try([random.NextInt32(sample.Rows)]);
        chosen.Add(state.KeepBest());
        while (chosen.Count < clusters)
        {
            var picks = Math.Min(clusters - chosen.Count, chosen.Count < OneAtATime ? 1 : ProductTile.Columns / draws);
            var candidates = state.Draw(picks * draws, ref random);
            if (candidates.Length == 0)
            {
                // Every row lies on a chosen one. The rest changes nothing, but must be different rows.
                var taken = chosen.ToHashSet();
                chosen.AddRange(Enumerable.Range(0, sample.Rows).Where(i => !taken.Contains(i)).Take(clusters - chosen.Count));
                break;
            }

            state.Try(candidates);
            for (; picks > 0 && state.Remaining > 0; picks--)
            {
                chosen.Add(state.KeepBest());
            }
        }

        return sample.Select(chosen.ToArray());
    }

    private sealed class State(FeatureMatrix sample, float[] norms, float[] closest, bool spherical, Workers workers)
    {
        private readonly float[] _distances = new float[sample.Rows * ProductTile.Columns];
        private readonly double[] _cumulative = new double[sample.Rows];
        private readonly double[] _sums = new double[(sample.Rows + ChunkRows - 1) / ChunkRows * ProductTile.Columns];
        private readonly WorkShare _share = SharedWork.Divide(
            "k-means++",
            (sample.Rows + ChunkRows - 1) / ChunkRows,
            2.0 * sample.Rows * ProductTile.Columns * sample.Columns,
            (double)sample.Rows * sizeof(float));

        private int[] _candidates = [];

        /// <summary>Candidates of the last try that are still worth keeping.</summary>
        public int Remaining => _candidates.Count(row => row >= 0 && closest[row] > 0);

        /// <summary>Draws rows in proportion to their distance from the chosen ones; none if all distances are 0.</summary>
        public int[] Draw(int count, ref CounterRandom random)
        {
            var total = 0.0;
            for (var i = 0; i < closest.Length; i++)
            {
                _cumulative[i] = total += closest[i];
            }

            if (total <= 0)
            {
                return [];
            }

            var rows = new int[count];
            for (var c = 0; c < count; c++)
            {
                var at = Array.BinarySearch(_cumulative, random.NextDouble() * total);
                at = at >= 0 ? at + 1 : ~at;
                while (at < closest.Length && closest[at] == 0)
                {
                    at++;
                }

                rows[c] = at < closest.Length ? at : Array.FindLastIndex(closest, static d => d > 0);
            }

            return rows;
        }

        /// <summary>Computes the distances of all rows from the candidates.</summary>
        public void Try(int[] candidates)
        {
            _candidates = candidates;
            using var centroids = sample.Select(candidates);
            using var panels = new CentroidPanels([.. Enumerable.Range(0, candidates.Length)], sample.Columns, spherical);
            panels.Load(centroids);
            workers.Run(_share.Count, piece => Multiply(panels, _share.First + piece));
        }

        /// <summary>Keeps the candidate that leaves the least sum of distances.</summary>
        /// <returns>Its row.</returns>
        public int KeepBest()
        {
            workers.Run(_share.Count, piece => SumClosest(_share.First + piece));
            _share.Complete(_sums, ProductTile.Columns);
            var best = -1;
            var least = double.PositiveInfinity;
            for (var c = 0; c < _candidates.Length; c++)
            {
                if (_candidates[c] < 0 || closest[_candidates[c]] == 0)
                {
                    continue;
                }

                var sum = 0.0;
                for (var at = c; at < _sums.Length; at += ProductTile.Columns)
                {
                    sum += _sums[at];
                }

                if (sum < least)
                {
                    (best, least) = (c, sum);
                }
            }

            var row = _candidates[best];
            for (var i = _share.First * ChunkRows; i < Math.Min(closest.Length, (_share.First + _share.Count) * ChunkRows); i++)
            {
                closest[i] = Math.Min(closest[i], _distances[(i * ProductTile.Columns) + best]);
            }

            _share.Complete(closest, ChunkRows);
            closest[row] = 0;
            _candidates[best] = -1;
            return row;
        }

        [SkipLocalsInit]
        private void Multiply(CentroidPanels panels, int chunk)
        {
            var rows = stackalloc float*[ProductTile.Rows];
            var products = stackalloc float[ProductTile.Rows * ProductTile.Columns];
            var half0 = Vector256.LoadAligned(panels.HalfNorms(0));
            var half1 = Vector256.LoadAligned(panels.HalfNorms(0) + 8);
            var end = Math.Min(sample.Rows, (chunk + 1) * ChunkRows);
            for (var first = chunk * ChunkRows; first < end; first += ProductTile.Rows)
            {
                var count = Math.Min(ProductTile.Rows, end - first);
                for (var r = 0; r < ProductTile.Rows; r++)
                {
                    rows[r] = (float*)sample.Pointer + ((long)(first + Math.Min(r, count - 1)) * sample.Columns);
                }

                ProductTile.Multiply(rows, panels.Panel(0), sample.Columns, products);
                for (var r = 0; r < count; r++)
                {
                    var row = first + r;
                    var norm = Vector256.Create(norms[row]);
                    var slack = Vector256.Create(Rounding.Slack(sample.Columns, norms[row], panels.LongestNorm));
                    var target = _distances.AsSpan(row * ProductTile.Columns, ProductTile.Columns);
                    var product = products + (r * ProductTile.Columns);
                    Distance(norm, half0 - Vector256.Load(product), slack).CopyTo(target);
                    Distance(norm, half1 - Vector256.Load(product + 8), slack).CopyTo(target[8..]);
                }
            }
        }

        /// <summary>Below the rounding of the products, rows count as equal: a copy of a chosen row must not be drawn.</summary>
        private static Vector256<float> Distance(Vector256<float> norm, Vector256<float> score, Vector256<float> slack)
        {
            var distance = norm + (score + score);
            return Vector256.ConditionalSelect(Vector256.LessThanOrEqual(distance, slack), Vector256<float>.Zero, distance);
        }

        /// <summary>The sum of distances in a chunk that each candidate would leave.</summary>
        private void SumClosest(int chunk)
        {
            Vector256<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            for (var row = chunk * ChunkRows; row < Math.Min(sample.Rows, (chunk + 1) * ChunkRows); row++)
            {
                var now = Vector256.Create(closest[row]);
                var distances = _distances.AsSpan(row * ProductTile.Columns, ProductTile.Columns);
                var (a, b) = Vector256.Widen(Vector256.MinNative(now, Vector256.Create<float>(distances)));
                var (c, d) = Vector256.Widen(Vector256.MinNative(now, Vector256.Create<float>(distances[8..])));
                sum0 += a;
                sum1 += b;
                sum2 += c;
                sum3 += d;
            }

            var target = _sums.AsSpan(chunk * ProductTile.Columns, ProductTile.Columns);
            sum0.CopyTo(target);
            sum1.CopyTo(target[4..]);
            sum2.CopyTo(target[8..]);
            sum3.CopyTo(target[12..]);
        }
    }
}
