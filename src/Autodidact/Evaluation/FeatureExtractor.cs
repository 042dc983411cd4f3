using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Numerics;
using Autodidact.Ranks;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Evaluation;

/// <summary>
/// Runs a model over un-augmented images and keeps what it gives, one row per image in the order asked. Batch normalisation uses its
/// running statistics (evaluation mode), no gradients are kept, inputs lie channels-last in memory.
/// </summary>
internal static class FeatureExtractor
{
    /// <summary>Features of one module.</summary>
    /// <param name="model">From images (batch, 3, height, width) to features (batch, d). Its mode is restored afterwards.</param>
    /// <param name="images">The un-augmented views.</param>
    /// <param name="indices">Images wanted, in that order; null for all.</param>
    /// <param name="batchSize">Images a forward pass.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>Features, owned by the caller.</returns>
    public static FeatureMatrix Extract(
        nn.Module<Tensor, Tensor> model,
        PlainPixels images,
        IReadOnlyList<int>? indices,
        int batchSize,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var mode = new EvaluationMode(model);
        return Extract(model.call, images, indices, batchSize, model.DeviceOf(), cancellationToken);
    }

    /// <summary>Features of a function that computes on a device, else on the CPU; whoever made it has set its modules' mode.</summary>
    /// <inheritdoc cref="Extract(nn.Module{Tensor, Tensor}, PlainPixels, IReadOnlyList{int}, int, CancellationToken)"/>
    public static FeatureMatrix Extract(
        Func<Tensor, Tensor> model,
        PlainPixels images,
        IReadOnlyList<int>? indices,
        int batchSize,
        Device? device = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        return ExtractAll(x => [model(x)], images, indices, batchSize, device, cancellationToken)[0];
    }

    /// <summary>Several outputs in one pass: every exit's features and logits, say.</summary>
    /// <param name="module">The module the function runs; its mode is restored afterwards.</param>
    /// <param name="outputs">From images (batch, 3, height, width) to a list of matrices (batch, d_i), the same list every time.</param>
    /// <param name="images">The un-augmented views.</param>
    /// <param name="indices">Images wanted, in that order; null for all.</param>
    /// <param name="batchSize">Images a forward pass.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>One matrix per output, owned by the caller.</returns>
    public static IReadOnlyList<FeatureMatrix> ExtractAll(
        nn.Module module,
        Func<Tensor, IReadOnlyList<Tensor>> outputs,
        PlainPixels images,
        IReadOnlyList<int>? indices,
        int batchSize,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var mode = new EvaluationMode(module);
        return ExtractAll(outputs, images, indices, batchSize, module.DeviceOf(), cancellationToken);
    }

    /// <summary>Several outputs of a function that computes on a device, else on the CPU; its modules' mode is set.</summary>
    /// <inheritdoc
    /// cref="ExtractAll(nn.Module, Func{Tensor, IReadOnlyList{Tensor}}, PlainPixels, IReadOnlyList{int}, int, CancellationToken)"/>
    public static IReadOnlyList<FeatureMatrix> ExtractAll(
        Func<Tensor, IReadOnlyList<Tensor>> outputs,
        PlainPixels images,
        IReadOnlyList<int>? indices,
        int batchSize,
        Device? device = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        var count = indices?.Count ?? images.Count;
        if (count == 0)
            throw new ArgumentException("there is no image to extract features from", nameof(indices));
        batchSize = images.PassOf(batchSize);
        var blocks = FeatureTensors.Blocks(count, batchSize).ToArray();
        List<FeatureMatrix> features = [];

        // A network takes far longer than its features travel.
        var share = SharedWork.Divide("features", blocks.Length, double.PositiveInfinity, 0);
        try
        {
            TorchWork.Run(share.Count, Pass);
            foreach (var matrix in features) share.Complete<float>(count, batchSize, matrix.Block);
        }
        catch
        {
            foreach (var matrix in features)
                matrix.Dispose();
            throw;
        }

        return features;

        void Pass(int piece)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (row, rows) = blocks[share.First + piece];
            var batch = new int[rows];
            for (var i = 0; i < rows; i++)
                batch[i] = indices is null ? row + i : indices[row + i];
            var input = empty(rows, images.ViewSize, images.ViewSize, 3, dtype: ScalarType.Float32, device: CPU);
            images.Write(batch, FeatureTensors.Values(input));
            var views = input.permute(0, 3, 1, 2);
            if (device is null or { type: DeviceType.CPU })
            {
                Store(outputs(views), features, row, rows, count);
                return;
            }

            // One pass at a time, for the memory of the device; the others make their views meanwhile.
            lock (blocks) Store(outputs(views.to(device)), features, row, rows, count);
        }
    }

    private static void Store(IReadOnlyList<Tensor> outputs, List<FeatureMatrix> features, int row, int rows, int total)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            var output = outputs[i];
            if (output.dim() != 2 || output.shape[0] != rows)
                throw new ArgumentException(
                    $"output {i} has shape ({string.Join(", ", output.shape)}), expected ({rows}, d)", nameof(outputs));

            // The first block that is done tells how large all results are.
            FeatureMatrix matrix;
            lock (features)
            {
                if (features.Count == i) features.Add(new FeatureMatrix(total, (int)output.shape[1]));
                matrix = features[i];
            }

            FeatureTensors.Values(output.to(ScalarType.Float32).cpu().contiguous()).CopyTo(matrix.Block(row, rows));
        }
    }
}
