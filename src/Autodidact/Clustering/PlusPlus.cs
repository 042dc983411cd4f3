using System.Runtime.CompilerServices;
using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>
/// Greedy k-means++ (Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007): the next centroid is a row drawn in
/// proportion to its squared distance from the nearest one chosen; of 2 + ln k such draws, the one that leaves the least sum of distances is kept.
/// </summary>
internal static unsafe class PlusPlus
{
    private const int ChunkRows = 516;

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
        chosen.Add(state.Keep(0));
        while (chosen.Count < clusters)
        {
            var candidates = state.Draw(draws, ref random);
            if (candidates.Length == 0)
            {
                // Every row lies on a chosen one: the rest cannot matter, but must be different rows.
                var taken = chosen.ToHashSet();
                chosen.AddRange(Enumerable.Range(0, sample.Rows).Where(i => !taken.Contains(i)).Take(clusters - chosen.Count));
                break;
            }

            chosen.Add(state.Keep(state.Try(candidates)));
        }

        return sample.Select(chosen.ToArray());
    }

    private sealed class State(FeatureMatrix sample, float[] norms, float[] closest, bool spherical, Workers workers)
    {
        private readonly float[] _distances = new float[sample.Rows * ProductTile.Columns];
        private readonly double[] _cumulative = new double[sample.Rows];
        private readonly int _chunks = (sample.Rows + ChunkRows - 1) / ChunkRows;
        private int[] _candidates = [];

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

        /// <summary>Distances of all rows from the candidates.</summary>
        /// <returns>Which candidate leaves the least sum.</returns>
        public int Try(int[] candidates)
        {
            _candidates = candidates;
            using var centroids = sample.Select(candidates);
            using var panels = new CentroidPanels([.. Enumerable.Range(0, candidates.Length)], sample.Columns, spherical);
            panels.Load(centroids);
            var sums = new double[_chunks * ProductTile.Columns];
            workers.Run(_chunks, chunk => Chunk(panels, chunk, sums));
            var (best, least) = (0, double.PositiveInfinity);
            for (var c = 0; c < candidates.Length; c++)
            {
                var sum = 0.0;
                for (var chunk = 0; chunk < _chunks; chunk++)
                {
                    sum += sums[(chunk * ProductTile.Columns) + c];
                }

                if (sum < least)
                {
                    (best, least) = (c, sum);
                }
            }

            return best;
        }

        /// <summary>Takes a candidate of the last try.</summary>
        /// <returns>Its row.</returns>
        public int Keep(int candidate)
        {
            for (var i = 0; i < closest.Length; i++)
            {
                closest[i] = _distances[(i * ProductTile.Columns) + candidate];
            }

            closest[_candidates[candidate]] = 0;
            return _candidates[candidate];
        }

        [SkipLocalsInit]
        private void Chunk(CentroidPanels panels, int chunk, double[] sums)
        {
            var rows = stackalloc float*[ProductTile.Rows];
            var products = stackalloc float[ProductTile.Rows * ProductTile.Columns];
            var totals = sums.AsSpan(chunk * ProductTile.Columns, ProductTile.Columns);
            var halfNorms = new ReadOnlySpan<float>(panels.HalfNorms(0), _candidates.Length);
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
                    var slack = Rounding.Slack(sample.Columns, norms[row], panels.LongestNorm);
                    for (var c = 0; c < halfNorms.Length; c++)
                    {
                        var distance = norms[row] + (2 * (halfNorms[c] - products[(r * ProductTile.Columns) + c]));

                        // Below the rounding of the products, rows count as equal: a copy of a chosen row must not be drawn.
                        distance = distance <= slack ? 0 : Math.Min(distance, closest[row]);
                        _distances[(row * ProductTile.Columns) + c] = distance;
                        totals[c] += distance;
                    }
                }
            }
        }
    }
}
