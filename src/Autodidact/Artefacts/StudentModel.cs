using Autodidact.Evaluation;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Numerics;
using static TorchSharp.torch;

namespace Autodidact.Artefacts;

/// <summary>A student that is open, and what it sees.</summary>
/// <param name="Network">The student.</param>
/// <param name="Input">What it sees.</param>
internal sealed record StudentModel(MultiExitNetwork Network, ModelInput Input) : IDisposable
{
    /// <summary>Features and answers of every exit for images of a set; owned by the caller.</summary>
    /// <param name="images">The set.</param>
    /// <param name="positions">Which of them; null is all.</param>
    /// <param name="batchSize">Images a forward pass.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public ExitData Outputs(IImageSet images, int[]? positions, int batchSize, CancellationToken cancellationToken) => ExitData.FromOutputs(
        Extract(outputs => [.. outputs.Features, ExitEnsemble.Answers(outputs.Logits)], images, positions, batchSize, cancellationToken),
        Network.Options.Outputs);

    /// <summary>Answers of every exit without its features.</summary>
    /// <inheritdoc cref="Outputs"/>
    public ExitData Answers(IImageSet images, int[]? positions, int batchSize, CancellationToken cancellationToken) => ExitData.FromOutputs(
        Extract(outputs => [ExitEnsemble.Answers(outputs.Logits)], images, positions, batchSize, cancellationToken),
        Network.Options.Outputs);

    /// <summary>Logits of every exit; owned by the caller.</summary>
    /// <inheritdoc cref="Outputs"/>
    public IReadOnlyList<FeatureMatrix> Logits(
        IImageSet images, int[]? positions, int batchSize, CancellationToken cancellationToken) =>
        Extract(outputs => outputs.Logits, images, positions, batchSize, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    private IReadOnlyList<FeatureMatrix> Extract(
        Func<ExitOutputs, IReadOnlyList<Tensor>> kept, IImageSet images, int[]? positions, int batchSize,
        CancellationToken cancellationToken) =>
        FeatureExtractor.ExtractAll(
            Network,
            views => kept(Network.forward(views)),
            new PlainPixels(images, Input.ViewSize, Input.Normalization),
            positions,
            batchSize,
            cancellationToken);
}
