using Autodidact.Images;
using Autodidact.Numerics;
using Autodidact.Runs;
using Autodidact.Serialization;

namespace Autodidact.Artefacts;

/// <summary>Features without what made them, in <c>features.npy</c> and, where they were given, <c>evaluation-features.npy</c>.</summary>
internal sealed class ReadyFeatures(RunPaths paths, ModelInput own) : EncoderModel
{
    /// <inheritdoc/>
    public override ModelInput Input => own;

    /// <inheritdoc/>
    public override FeatureMatrix TrainFeatures(IImageSet images, int batchSize, CancellationToken cancellationToken) =>
        NpyFile.ReadMatrix(paths.Features);

    /// <inheritdoc/>
    public override FeatureMatrix? EvaluationFeatures(IImageSet images, int batchSize, CancellationToken cancellationToken) =>
        File.Exists(paths.EvaluationFeatures) ? NpyFile.ReadMatrix(paths.EvaluationFeatures) : null;

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
