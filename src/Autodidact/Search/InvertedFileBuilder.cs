using System.Numerics.Tensors;
using Autodidact.Clustering;
using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Serialization;

namespace Autodidact.Search;

/// <summary>
/// Builds the inverted file of an index: spherical <see cref="KMeans"/> on a sample of its rows, then each row goes to the list of its
/// nearest centroid, block by block, so that memory stays that of the sample.
/// </summary>
public static class InvertedFileBuilder
{
    /// <summary>From so many rows on, an inverted file is worth its building and what it misses.</summary>
    public const int WorthwhileRows = 1_000_000;

    private const int BlockValues = 1 << 23;
    private const float LargestSquaredNorm = 1e36f;

    /// <summary>Lists for so many rows: twice the square root, at least 1.</summary>
    /// <param name="rows">Number of rows.</param>
    public static int AutoLists(int rows) => Math.Clamp((int)Math.Round(2 * Math.Sqrt(rows)), 1, Math.Max(1, rows));

    /// <summary>Builds an inverted file.</summary>
    /// <param name="matrix">The index's rows, at least one.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="options">Settings; the defaults if left out.</param>
    /// <param name="progress">Told after each iteration and each block.</param>
    /// <param name="cancellationToken">Stops between iterations and blocks.</param>
    /// <exception cref="AutodidactException">
    /// A setting is out of range (usage), a row is not finite (data), or the disk refuses (environment).
    /// </exception>
    internal static void Build(
        MappedMatrix matrix,
        string path,
        InvertedFileOptions? options = null,
        IProgress<InvertedFileProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        options ??= new InvertedFileOptions();
        if (matrix.Rows == 0 || options.Lists < 0 || options.Lists > matrix.Rows || options.RowsPerList < 1)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"{options.Lists} lists of {matrix.Rows} rows, fitted to {options.RowsPerList} rows each: "
                + $"choose 1 to {matrix.Rows} lists and at least 1 row");
        }

        var lists = options.Lists == 0 ? AutoLists(matrix.Rows) : options.Lists;
        using var sample = Sample(matrix, (int)Math.Min(matrix.Rows, (long)lists * options.RowsPerList), options.Seed);
        var iterations = 0;
        var training = new Steps<KMeansIteration>(_ => progress?.Report(new InvertedFileProgress(++iterations, 0, matrix.Rows)));
        using var clusters = KMeans.Fit(
            sample,
            new KMeansOptions
            {
                Clusters = lists,
                Spherical = true,
                MaxIterations = options.Iterations,
                Seed = options.Seed,
                Threads = options.Threads,
            },
            training,
            cancellationToken);
        var assignments = new int[matrix.Rows];
        var blockRows = Math.Max(1, BlockValues / matrix.Columns);
        for (var first = 0; first < matrix.Rows; first += blockRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(blockRows, matrix.Rows - first);
            using var block = new FeatureMatrix(count, matrix.Columns);
            for (var i = 0; i < count; i++)
            {
                Copy(matrix, first + i, block[i]);
            }

            KMeans.Assign(block, clusters.Centroids, spherical: true, options.Threads).Assignments.CopyTo(assignments, first);
            progress?.Report(new InvertedFileProgress(iterations, first + count, matrix.Rows));
        }

        InvertedFile.Write(path, matrix, clusters.Centroids, assignments);
    }

    /// <summary>
    /// Builds the inverted file of an index and puts it beside its matrix, where <see cref="EmbeddingIndex.Open"/> finds it.
    /// </summary>
    /// <param name="path">The matrix, <c>F.npy</c>.</param>
    /// <param name="options">Settings; the defaults if left out.</param>
    /// <param name="progress">Told after each iteration and each block.</param>
    /// <param name="cancellationToken">Stops between iterations and blocks.</param>
    /// <exception cref="AutodidactException">
    /// A setting is out of range or another process writes the index (usage), the matrix cannot be used (data), or the disk refuses
    /// (environment).
    /// </exception>
    public static void Build(
        string path,
        InvertedFileOptions? options = null,
        IProgress<InvertedFileProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        IndexInversion.Of(path, (matrix, place) => Build(matrix, place, options, progress, cancellationToken));
    }

    /// <summary>
    /// Rows spread over the whole matrix, one drawn from each of as many stretches: in the order of the file, without repeats.
    /// </summary>
    private static FeatureMatrix Sample(MappedMatrix matrix, int count, ulong seed)
    {
        var sample = new FeatureMatrix(count, matrix.Columns);
        var random = new CounterRandom(seed);
        for (var i = 0; i < count; i++)
        {
            var first = (int)((long)i * matrix.Rows / count);
            var next = (int)(((long)i + 1) * matrix.Rows / count);
            Copy(matrix, first + random.NextInt32(next - first), sample[i]);
        }

        return sample;
    }

    private static void Copy(MappedMatrix matrix, int row, Span<float> target)
    {
        var values = matrix[row];
        if (!(TensorPrimitives.SumOfSquares(values) < LargestSquaredNorm))
        {
            throw new AutodidactException(
                FailureKind.Data, $"{matrix.Path}: row {row} holds a value that is not finite or beyond 1e18: embed the images again");
        }

        values.CopyTo(target);
    }

    /// <summary>Reports at once, on the thread that works: <see cref="Progress{T}"/> would report later, out of order.</summary>
    private sealed class Steps<T>(Action<T> told) : IProgress<T>
    {
        public void Report(T value) => told(value);
    }
}
