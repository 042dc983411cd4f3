using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Models;

namespace Autodidact.Artefacts;

/// <summary>A student that is open, and what it sees.</summary>
/// <param name="Network">The student.</param>
/// <param name="Input">What it sees.</param>
internal sealed record StudentModel(MultiExitNetwork Network, ModelInput Input) : IDisposable
{
    /// <summary>Features and logits of every exit for images of a set; owned by the caller.</summary>
    /// <param name="images">The set.</param>
    /// <param name="positions">Which of them; null is all.</param>
    /// <param name="batchSize">Images a forward pass.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public ExitData Outputs(IImageSet images, int[]? positions, int batchSize, CancellationToken cancellationToken) =>
        ExitData.FromOutputs(FeatureExtractor.ExtractAll(
            Network,
            x =>
            {
                var outputs = Network.forward(x);
                return [.. outputs.Features, .. outputs.Logits];
            },
            new PlainPixels(images, Input.ViewSize, Input.Normalization),
            positions,
            batchSize,
            cancellationToken));

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
