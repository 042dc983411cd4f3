using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>One start of k-means: Lloyd's iterations from given centroids to a result.</summary>
internal sealed class LloydFit(FeatureMatrix features, PreparedRows rows, KMeansOptions options, Workers workers) : IDisposable
{
    /// <summary>How often the end is repeated because the last assignment left a cluster empty.</summary>
    private const int FinalRepairs = 10;

    private readonly CentroidSums _sums = new(rows, options.Clusters, workers);
    private readonly FeatureMatrix _centroids = new(options.Clusters, rows.Dimensions);
    private readonly List<double> _history = [];
    private int _repaired;

    /// <summary>Runs to convergence.</summary>
    /// <param name="initial">Centroids in the prepared space; left as they are.</param>
    /// <param name="report">Told after each iteration; its start is filled in by the caller.</param>
    /// <param name="cancellationToken">Stops between iterations.</param>
    public KMeansResult Run(FeatureMatrix initial, Action<KMeansIteration> report, CancellationToken cancellationToken)
    {
        initial.Block(0, initial.Rows).CopyTo(_centroids.Block(0, _centroids.Rows));
        using var pass = new NearestPass(rows, _centroids, options.Prune, workers);
        for (var iteration = 1; iteration <= options.MaxIterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            pass.Run(second: false);
            var moved = _sums.Update(pass.Assignments);
            var inertia = pass.FromFirst(_sums.Inertia(_centroids));
            _history.Add(inertia);
            report(new KMeansIteration(0, iteration, inertia) { Moved = moved, Evaluated = pass.Evaluated });
            var repaired = Repair(pass);
            if (moved == 0 && repaired == 0)
            {
                break;
            }

            _sums.WriteMeans(_centroids);
            pass.MoveTo(_centroids);
            if (repaired == 0 && options.Tolerance > 0 && iteration > 1 && _history[^2] - inertia <= options.Tolerance * _history[^2])
            {
                break;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return Finish(pass);
    }

    /// <inheritdoc/>
    public void Dispose() => _centroids.Dispose();

    private int Repair(NearestPass pass)
    {
        if (Array.IndexOf(_sums.Sizes, 0) < 0)
        {
            return 0;
        }

        var repaired = EmptyClusters.Repair(
            pass.Assignments, [.. _sums.Sizes], row => Distance(row, pass.Assignments[row]), pass.Reassign, workers);
        _sums.Update(pass.Assignments);
        _repaired += repaired;
        return repaired;
    }

    private double Distance(int row, int cluster)
    {
        Span<float> x = rows.Dimensions <= 4096 ? stackalloc float[rows.Dimensions] : new float[rows.Dimensions];
        rows.Copy(row, x);
        return WideSums.SquaredDistance(x, _centroids[cluster]);
    }

    /// <summary>
    /// Assigns the rows once more, to the centroids as they are handed out, so that <see cref="KMeans.Assign"/> would say the same.
    /// </summary>
    private KMeansResult Finish(NearestPass pass)
    {
        for (var attempt = 0; ; attempt++)
        {
            var result = CentroidSpace.Restore(_centroids, rows.Origin);
            using var space = CentroidSpace.Of(features, result, rows.Spherical, workers);
            pass.MoveTo(space.Rows, space.Centroids);
            pass.Run(second: true);
            _sums.Update(pass.Assignments);
            if (attempt < FinalRepairs && Repair(pass) > 0)
            {
                _sums.WriteMeans(_centroids);
                result.Dispose();
                continue;
            }

            var (distances, margins) = space.Measure(pass.Assignments, pass.RunnersUp, workers);
            return new KMeansResult
            {
                Centroids = result,
                Assignments = pass.Assignments,
                Distances = distances,
                Margins = margins,
                Inertia = distances.Sum(static d => (double)d),
                Iterations = _history.Count,
                InertiaHistory = [.. _history],
                Sizes = [.. _sums.Sizes],
                RepairedClusters = _repaired,
            };
        }
    }
}
