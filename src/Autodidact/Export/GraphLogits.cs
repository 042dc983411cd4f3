using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Numerics;

namespace Autodidact.Export;

/// <summary>Logits of every exit, from an exported <c>full.onnx</c>.</summary>
internal static class GraphLogits
{
    private const int Batch = 64;

    /// <summary>Runs images through the graph.</summary>
    /// <param name="path">The graph.</param>
    /// <param name="images">The images.</param>
    /// <param name="positions">Those wanted.</param>
    /// <param name="input">Input of the graph.</param>
    /// <param name="exits">Number of exits.</param>
    /// <param name="clusters">Number of logits of an exit.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <returns>Per exit: images by clusters, owned by the caller.</returns>
    public static IReadOnlyList<FeatureMatrix> Read(
        string path, IImageSet images, int[] positions, GraphInput input, int exits, int clusters, CancellationToken cancellationToken)
    {
        using var session = new GraphSession(path, new ModelOptions());
        var names = Enumerable.Range(1, exits).Select(exit => FormattableString.Invariant($"{ModelGraphs.Logits}_{exit}")).ToArray();
        var logits = names.Select(_ => new FeatureMatrix(positions.Length, clusters)).ToArray();
        try
        {
            for (var first = 0; first < positions.Length; first += Batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = Math.Min(Batch, positions.Length - first);
                using var value = SampleImages.ToOrt(images, positions[first..(first + count)], input);
                using var outputs = session.Run(value, names);
                for (var exit = 0; exit < exits; exit++)
                {
                    outputs[exit].GetTensorDataAsSpan<float>().CopyTo(logits[exit].Block(first, count));
                }
            }

            return logits;
        }
        catch
        {
            foreach (var matrix in logits)
            {
                matrix.Dispose();
            }

            throw;
        }
    }
}
