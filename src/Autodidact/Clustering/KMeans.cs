using Autodidact.Numerics;
using static TorchSharp.torch;

namespace Autodidact.Clustering;

/// <summary>k-means by Lloyd's iterations on matrix products.</summary>
public static class KMeans
{
    private const int BlockRows = 2048;

    /// <summary>Clusters by the number of images alone.</summary>
    /// <param name="images">Number of images.</param>
    public static int AutoClusters(int images) => Math.Clamp(images / 500, 10, 1000);

    /// <summary>Clusters the rows of a matrix.</summary>
    /// <param name="features">[n, d].</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told after each iteration.</param>
    /// <param name="cancellationToken">Stops between iterations.</param>
    public static KMeansResult Fit(FeatureMatrix features, KMeansOptions options, IProgress<KMeansIteration>? progress = null, CancellationToken cancellationToken = default)
    {
        if (options.Clusters < 1 || options.Clusters > features.Rows)
        {
            throw new AutodidactException(FailureKind.Usage, $"k-means: {options.Clusters} clusters of {features.Rows} rows: choose between 1 and {features.Rows}");
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = Prepare(features, options.Spherical);
        (Tensor Centroids, double Inertia, int Iterations)? best = null;
        for (var restart = 0; restart < options.Restarts; restart++)
        {
            var run = Lloyd(x, options, restart, progress, cancellationToken);
            if (best is null || run.Inertia < best.Value.Inertia)
            {
                best = run;
            }
        }

        var centroids = new FeatureMatrix(options.Clusters, features.Columns);
        best!.Value.Centroids.contiguous().data<float>().CopyTo(centroids.Block(0, centroids.Rows));
        var (assignments, distances, margins) = Assign(x, best.Value.Centroids);
        var sizes = new int[options.Clusters];
        foreach (var a in assignments)
        {
            sizes[a]++;
        }

        return new KMeansResult
        {
            Centroids = centroids,
            Assignments = assignments,
            Distances = distances,
            Margins = margins,
            Inertia = distances.Sum(d => (double)d),
            Iterations = best.Value.Iterations,
            Sizes = sizes,
        };
    }

    /// <summary>Nearest centroid of each row.</summary>
    /// <param name="features">[n, d].</param>
    /// <param name="centroids">[k, d].</param>
    /// <param name="spherical">Normalise the rows first.</param>
    public static (int[] Assignments, float[] Distances, float[] Margins) Assign(FeatureMatrix features, FeatureMatrix centroids, bool spherical)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return Assign(Prepare(features, spherical), Prepare(centroids, false));
    }

    private static Tensor Prepare(FeatureMatrix features, bool spherical)
    {
        var x = empty(features.Rows, features.Columns);
        features.Block(0, features.Rows).CopyTo(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(x.bytes));
        return spherical ? nn.functional.normalize(x, p: 2, dim: 1) : x;
    }

    private static (int[] Assignments, float[] Distances, float[] Margins) Assign(Tensor x, Tensor centroids)
    {
        var n = (int)x.shape[0];
        var assignments = new int[n];
        var distances = new float[n];
        var margins = new float[n];
        var norms = centroids.square().sum(1);
        for (var row = 0; row < n; row += BlockRows)
        {
            using var scope = NewDisposeScope();
            var block = x.narrow(0, row, Math.Min(BlockRows, n - row));
            var d = norms.addmm(block, centroids.t(), alpha: -2).add_(block.square().sum(1, keepdim: true)).clamp_min_(0);
            var (values, indices) = d.topk((int)Math.Min(2, centroids.shape[0]), 1, largest: false);
            var nearest = values[TensorIndex.Colon, 0].contiguous();
            nearest.data<float>().CopyTo(distances.AsSpan(row));
            (values[TensorIndex.Colon, -1] - nearest).contiguous().data<float>().CopyTo(margins.AsSpan(row));
            indices[TensorIndex.Colon, 0].to(ScalarType.Int32).contiguous().data<int>().CopyTo(assignments.AsSpan(row));
        }

        return (assignments, distances, margins);
    }

    private static (Tensor Centroids, double Inertia, int Iterations) Lloyd(Tensor x, KMeansOptions options, int restart, IProgress<KMeansIteration>? progress, CancellationToken cancellationToken)
    {
        var n = (int)x.shape[0];
        var random = new CounterRandom(options.Seed, (uint)restart);
        var order = Enumerable.Range(0, n).Select(i => (long)i).ToArray();
        random.Shuffle<long>(order);
        var centroids = x[tensor(order[..options.Clusters])].clone();
        var last = double.PositiveInfinity;
        var iteration = 0;
        while (iteration < options.MaxIterations)
        {
            cancellationToken.ThrowIfCancellationRequested();
            iteration++;
            using var scope = NewDisposeScope();
            var (assignments, distances, _) = Assign(x, centroids);
            var inertia = distances.Sum(d => (double)d);
            progress?.Report(new KMeansIteration(restart, iteration, inertia));
            var index = tensor(assignments.Select(a => (long)a).ToArray());
            var sums = zeros_like(centroids).index_add_(0, index, x, 1);
            var counts = bincount(index, minlength: options.Clusters).to(ScalarType.Float32).unsqueeze(1);
            var next = where(counts > 0, sums / counts.clamp_min(1), centroids);
            centroids.copy_(options.Spherical ? nn.functional.normalize(next, p: 2, dim: 1) : next);
            if (last - inertia <= 1e-4 * inertia)
            {
                break;
            }

            last = inertia;
        }

        return (centroids, last, iteration);
    }
}
