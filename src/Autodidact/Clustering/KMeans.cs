using Autodidact.Numerics;

namespace Autodidact.Clustering;

/// <summary>
/// k-means, exact and fast: Lloyd's iterations on our own matrix-product kernel with the minimum taken inside it, and distance bounds that
/// skip most products once the centroids settle without changing one assignment. Method and figures: docs/methods/kmeans.md.
/// </summary>
public static class KMeans
{
    /// <summary>Clusters by the number of images alone: one for 500, at least 10, at most 1,000.</summary>
    /// <param name="images">Number of images.</param>
    public static int AutoClusters(int images) => Math.Clamp(images / 500, 10, 1000);

    /// <summary>Clusters the rows of a matrix.</summary>
    /// <param name="features">Rows, [n, d], all finite.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told after each iteration.</param>
    /// <param name="cancellationToken">Stops between iterations.</param>
    /// <exception cref="AutodidactException">
    /// A setting is out of range or there are more clusters than rows (usage), or a row is not finite (data).
    /// </exception>
    public static KMeansResult Fit(
        FeatureMatrix features,
        KMeansOptions options,
        IProgress<KMeansIteration>? progress = null,
        CancellationToken cancellationToken = default)
    {
        Check(features, options);
        var workers = new Workers(options.Threads);
        var rows = PreparedRows.Create(features, options.Spherical, workers);
        KMeansResult? best = null;
        try
        {
            for (var restart = 0; restart < options.Restarts; restart++)
            {
                using var initial = InitialCentroids.Choose(rows, options, restart, workers);
                var result = Start(features, rows, initial, options, restart, progress, workers, cancellationToken);
                if (best is null || result.Inertia < best.Inertia)
                {
                    best?.Dispose();
                    best = result;
                }
                else
                {
                    result.Dispose();
                }
            }

            return best!;
        }
        catch
        {
            best?.Dispose();
            throw;
        }
    }

    /// <summary>Clusters the rows of a matrix from given centroids, in one start.</summary>
    /// <param name="features">Rows, [n, d], all finite.</param>
    /// <param name="initialCentroids">Where to begin, [k, d]; left as they are.</param>
    /// <param name="options">Settings; the initialization is not used.</param>
    /// <param name="progress">Told after each iteration.</param>
    /// <param name="cancellationToken">Stops between iterations.</param>
    /// <exception cref="AutodidactException">A setting or shape does not fit (usage), or a row is not finite (data).</exception>
    public static KMeansResult Fit(
        FeatureMatrix features,
        FeatureMatrix initialCentroids,
        KMeansOptions options,
        IProgress<KMeansIteration>? progress = null,
        CancellationToken cancellationToken = default)
    {
        Check(features, options);
        if (options.Restarts != 1)
        {
            throw Usage($"restarts {options.Restarts} with given centroids: they would all be the same, set 1");
        }

        if (initialCentroids.Rows != options.Clusters || initialCentroids.Columns != features.Columns)
        {
            throw Usage(
                $"initial centroids of {initialCentroids.Rows} x {initialCentroids.Columns}: "
                + $"expected {options.Clusters} x {features.Columns}");
        }

        var workers = new Workers(options.Threads);
        PreparedRows.RefuseUnusable(initialCentroids, "initial centroids", workers);
        var rows = PreparedRows.Create(features, options.Spherical, workers);
        var prepared = PreparedRows.Create(initialCentroids, rows.Origin, options.Spherical, workers);
        using var initial = InitialCentroids.Copy(prepared, [.. Enumerable.Range(0, prepared.Count)], workers);
        return Start(features, rows, initial, options, 0, progress, workers, cancellationToken);
    }

    /// <summary>Nearest centroid of each row, its distance, and how much farther the second-nearest is.</summary>
    /// <param name="features">Rows, [n, d], all finite.</param>
    /// <param name="centroids">
    /// Centroids, [k, d]; of unit length if spherical, as
    /// <see cref="Fit(FeatureMatrix, KMeansOptions, IProgress{KMeansIteration}?, CancellationToken)"/> gives them.
    /// </param>
    /// <param name="spherical">Whether the rows are normalised and the distances 1 - cosine; else they are squared Euclidean.</param>
    /// <param name="threads">Threads; 0 takes one for each processor.</param>
    /// <returns>As in <see cref="KMeansResult"/>. The answer for a row does not depend on the others.</returns>
    /// <exception cref="AutodidactException">The shapes do not fit (usage), or a row is not finite (data).</exception>
    public static (int[] Assignments, float[] Distances, float[] Margins) Assign(
        FeatureMatrix features, FeatureMatrix centroids, bool spherical, int threads = 0)
    {
        if (centroids.Rows < 1 || centroids.Columns != features.Columns)
        {
            throw Usage(
                $"centroids of {centroids.Rows} x {centroids.Columns} for features of {features.Columns} columns: "
                + "expected at least one, of the same width");
        }

        var workers = new Workers(threads);
        PreparedRows.RefuseUnusable(features, "features", workers);
        PreparedRows.RefuseUnusable(centroids, "centroids", workers);
        using var space = CentroidSpace.Of(features, centroids, spherical, workers);
        using var pass = new NearestPass(space.Rows, space.Centroids, prune: false, workers);
        pass.Run(second: true);
        var (distances, margins) = space.Measure(pass.Assignments, pass.RunnersUp, workers);
        return (pass.Assignments, distances, margins);
    }

    private static KMeansResult Start(
        FeatureMatrix features,
        PreparedRows rows,
        FeatureMatrix initial,
        KMeansOptions options,
        int restart,
        IProgress<KMeansIteration>? progress,
        Workers workers,
        CancellationToken cancellationToken)
    {
        void Report(KMeansIteration iteration) => progress?.Report(iteration with { Restart = restart });
        if (features.Rows <= options.MiniBatchAbove)
        {
            using var fit = new LloydFit(features, rows, options, workers);
            return fit.Run(initial, Report, cancellationToken);
        }

        var history = MiniBatch.Run(rows, initial, options, restart, Report, workers, cancellationToken);

        // One full iteration ends it: every centroid becomes the mean of its own rows, and no cluster stays empty.
        using var polish = new LloydFit(features, rows, options with { MaxIterations = 1 }, workers);
        var result = polish.Run(initial, static _ => { }, cancellationToken);
        history.AddRange(result.InertiaHistory);
        return result.With(history);
    }

    private static void Check(FeatureMatrix features, KMeansOptions options)
    {
        if (options.Clusters < 1 || options.Clusters > features.Rows)
        {
            throw Usage($"{options.Clusters} clusters of {features.Rows} rows: choose between 1 and {features.Rows}");
        }

        if (options.MaxIterations < 1)
        {
            throw Usage($"iterations {options.MaxIterations}: expected 1 or more");
        }

        if (options.Restarts < 1)
        {
            throw Usage($"restarts {options.Restarts}: expected 1 or more");
        }

        if (!(options.Tolerance >= 0))
        {
            throw Usage(FormattableString.Invariant($"tolerance {options.Tolerance}: expected 0 or more"));
        }

        if (options.BatchSize < 0 || options.MiniBatchAbove < 0 || options.Threads < 0)
        {
            throw Usage(
                $"batch size {options.BatchSize}, mini-batch above {options.MiniBatchAbove}, "
                + $"threads {options.Threads}: expected 0 or more");
        }

        if (!Enum.IsDefined(options.Initialization))
        {
            var known = string.Join(" or ", Enum.GetNames<KMeansInitialization>());
            throw Usage($"initialization {options.Initialization}: expected {known}");
        }
    }

    private static AutodidactException Usage(string message) => new(FailureKind.Usage, "k-means: " + message);
}
