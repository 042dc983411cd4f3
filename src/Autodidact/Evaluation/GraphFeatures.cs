using Autodidact.Inference;
using Autodidact.Numerics;
using Autodidact.Ranks;

namespace Autodidact.Evaluation;

/// <summary>Features by an ONNX graph in ONNX Runtime, as <see cref="FeatureExtractor"/> takes them from a module.</summary>
internal static class GraphFeatures
{
    /// <summary>Features of images.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="images">The un-augmented views, normalised as the graph wants them.</param>
    /// <param name="batchSize">Images a pass.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>One row an image, owned by the caller.</returns>
    public static FeatureMatrix Extract(FeatureGraph graph, PlainPixels images, int batchSize, CancellationToken cancellationToken)
    {
        FeatureMatrix? features = null;
        try
        {
            var batch = Enumerable.Range(0, images.Count).ToArray();
            var pass = images.PassOf(batchSize);
            var blocks = FeatureTensors.Blocks(images.Count, pass).ToArray();
            var share = SharedWork.Divide("features", blocks.Length, double.PositiveInfinity, 0);
            foreach (var (row, rows) in blocks.AsSpan(share.First, share.Count))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var pixels = new float[rows * images.ValuesPerView];
                images.Write(batch.AsSpan(row, rows), pixels);
                var values = graph.Run(pixels, rows, images.ViewSize);
                features ??= new FeatureMatrix(images.Count, values.Length / rows);
                values.CopyTo(features.Block(row, rows));
            }

            if (features is not null) share.Complete<float>(images.Count, pass, features.Block);
        }
        catch
        {
            features?.Dispose();
            throw;
        }

        return features ?? throw new ArgumentException("there is no image to extract features from", nameof(images));
    }
}
