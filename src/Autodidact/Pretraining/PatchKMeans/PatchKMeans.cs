using Autodidact.Clustering;
using Autodidact.Evaluation;
using Autodidact.Native;
using Autodidact.Numerics;
using Autodidact.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Writes pictures one after the other: side x side x RGB, values from 0 to 255.</summary>
/// <param name="images">Positions of the images wanted.</param>
/// <param name="values">Room for exactly these.</param>
internal delegate void PictureReader(ReadOnlySpan<int> images, Span<float> values);

/// <summary>
/// A feature extractor without gradients: Coates, Lee &amp; Ng, "An analysis of single-layer networks in unsupervised feature learning",
/// AISTATS 2011, "k-means (triangle)".
/// </summary>
/// <remarks>
/// Random patches, each with its mean taken away and divided by sqrt(variance + offset), are whitened (ZCA: W = V diag(1/sqrt(eigenvalue +
/// offset)) V' of their covariance) and clustered. Of an image, every patch is treated so; with z_k its distance from centroid k, its
/// activation is max(0, mean(z) - z_k), and activations are summed over each quadrant of the image: 4k values.
/// </remarks>
internal static class PatchKMeans
{
    private const int Channels = 3;

    /// <summary>Pixel values that are looked at in one piece.</summary>
    private const int ValuesAtOnce = 1 << 23;

    /// <summary>Learns a dictionary.</summary>
    /// <param name="pictures">Reads the images.</param>
    /// <param name="side">Side of a picture in pixels.</param>
    /// <param name="positions">Which to take patches from.</param>
    /// <param name="options">Settings.</param>
    /// <param name="seed">Seed of the patches and of k-means.</param>
    /// <param name="threads">Threads of k-means; 0 is all.</param>
    /// <param name="progress">Told after each iteration of k-means.</param>
    /// <param name="cancellationToken">Stops between iterations.</param>
    /// <returns>The dictionary, owned by the caller.</returns>
    /// <exception cref="AutodidactException">
    /// Images are smaller than a patch, or there are fewer patches than centroids; kind Usage.
    /// </exception>
    public static PatchDictionary Fit(
        PictureReader pictures,
        int side,
        IReadOnlyList<int> positions,
        PatchKMeansOptions options,
        ulong seed,
        int threads = 0,
        IProgress<KMeansIteration>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(options);
        if (options.PatchSize >= side)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"pretrain.patch_kmeans.patch_size={options.PatchSize}: the images are seen at {side} pixels a side: lower it below that");
        }

        if (options.Dictionary > options.Patches)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"pretrain.patch_kmeans.dictionary={options.Dictionary}: there are {options.Patches} patches (patch_kmeans.patches): "
                + "lower the one or raise the other");
        }

        using var patches = Draw(pictures, side, positions, options, seed, cancellationToken);
        var (whitening, shift) = Whiten(patches, options.WhiteningOffset);
        var clustering = new KMeansOptions
        {
            Clusters = options.Dictionary,
            MaxIterations = options.Iterations,
            Seed = seed,
            Threads = threads,
            MiniBatchAbove = int.MaxValue,
        };
        using var result = KMeans.Fit(patches, clustering, progress, cancellationToken);
        return new PatchDictionary(options.PatchSize, options.ContrastOffset, whitening, shift, Copy(result.Centroids));
    }

    /// <summary>Random patches with their contrast normalised, [patches, d].</summary>
    private static FeatureMatrix Draw(
        PictureReader pictures, int side, IReadOnlyList<int> positions, PatchKMeansOptions options, ulong seed,
        CancellationToken cancellationToken)
    {
        var (size, length) = (options.PatchSize, side * side * Channels);
        var random = new CounterRandom(seed, 1);
        var patches = new FeatureMatrix(options.Patches, Channels * size * size);
        var block = Math.Clamp(ValuesAtOnce / length, 1, options.Patches);
        var chosen = new int[block];
        var values = new float[block * length];
        for (var first = 0; first < patches.Rows; first += block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(block, patches.Rows - first);
            for (var i = 0; i < count; i++) chosen[i] = positions[random.NextInt32(positions.Count)];
            pictures(chosen.AsSpan(0, count), values.AsSpan(0, count * length));
            for (var i = 0; i < count; i++)
            {
                var picture = values.AsSpan(i * length, length);
                var (top, left) = (random.NextInt32(side - size + 1), random.NextInt32(side - size + 1));
                Take(picture, side, top, left, size, options.ContrastOffset, patches[first + i]);
            }
        }

        return patches;
    }

    /// <summary>One patch of a picture, channel by channel, with its contrast normalised.</summary>
    internal static void Take(ReadOnlySpan<float> picture, int side, int top, int left, int size, double contrastOffset, Span<float> patch)
    {
        for (var v = 0; v < patch.Length; v++)
        {
            var (channel, y, x) = (v / (size * size), v / size % size, v % size);
            patch[v] = picture[((((top + y) * side) + left + x) * Channels) + channel];
        }

        NormalizeContrast(patch, contrastOffset);
    }

    /// <summary>Takes the mean away and divides by sqrt(variance + offset); the variance is of a sample, with n - 1.</summary>
    private static void NormalizeContrast(Span<float> patch, double offset)
    {
        double mean = 0, squares = 0;
        foreach (var value in patch) mean += value / (double)patch.Length;
        foreach (var value in patch) squares += (value - mean) * (value - mean);
        var scale = 1 / Math.Sqrt((squares / (patch.Length - 1)) + offset);
        for (var i = 0; i < patch.Length; i++) patch[i] = (float)((patch[i] - mean) * scale);
    }

    /// <summary>Whitens the rows in place; gives what does it.</summary>
    internal static (float[] Whitening, float[] Shift) Whiten(FeatureMatrix patches, double offset)
    {
        const int BlockRows = 8192;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var d = patches.Columns;
        var sum = zeros(d, dtype: ScalarType.Float64);
        var products = zeros(d, d, dtype: ScalarType.Float64);
        FeatureTensors.Sum(sum, patches, BlockRows, rows => rows.to(ScalarType.Float64).sum([0L]));
        FeatureTensors.Sum(products, patches, BlockRows, rows =>
        {
            var wide = rows.to(ScalarType.Float64);
            return mm(wide.t(), wide);
        });
        var mean = sum / patches.Rows;
        var covariance = (products - (outer(mean, mean) * patches.Rows)) / (patches.Rows - 1);
        var (values, vectors) = linalg.eigh(covariance);
        var whitening = mm(vectors * (values.clamp_min(0) + offset).rsqrt(), vectors.t());
        var shift = -mv(whitening, mean);
        var (w, s) = (whitening.to(ScalarType.Float32), shift.to(ScalarType.Float32));
        var blocks = FeatureTensors.Blocks(patches.Rows, BlockRows).ToArray();
        TorchWork.Run(blocks.Length, number =>
        {
            var (row, count) = blocks[number];
            FeatureTensors.Values(mm(FeatureTensors.Block(patches, row, count), w) + s).CopyTo(patches.Block(row, count));
        });

        return (w.data<float>().ToArray(), s.data<float>().ToArray());
    }

    private static FeatureMatrix Copy(FeatureMatrix matrix)
    {
        var copy = new FeatureMatrix(matrix.Rows, matrix.Columns);
        matrix.Block(0, matrix.Rows).CopyTo(copy.Block(0, copy.Rows));
        return copy;
    }
}
