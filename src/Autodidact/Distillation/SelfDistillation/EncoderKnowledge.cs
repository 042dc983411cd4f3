using Autodidact.Clustering;
using Autodidact.Evaluation;
using Autodidact.Numerics;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>The parts of the encoder that targets and losses need, as far as options ask for them.</summary>
/// <param name="Features">Its features of the training images, float32 [images, d].</param>
/// <param name="Neighbors">The nearest neighbours of each among those features, [images, n].</param>
internal sealed record EncoderKnowledge(Tensor? Features, int[]? Neighbors) : IDisposable
{
    /// <summary>
    /// Images among which neighbours are sought: all of a set that is not larger. The search is exact, and of a million images by a million
    /// it would take longer than the training.
    /// </summary>
    private const int NeighbourCandidates = 131_072;

    /// <summary>Reads the parts that the options ask for.</summary>
    /// <param name="options">The options.</param>
    /// <param name="features">The encoder's features of the training images, where the options need them; copied.</param>
    /// <param name="threads">Threads of the search for neighbours; 0 is one for each processor.</param>
    /// <param name="keep">Whether a loss reads the features too, and not the targets alone.</param>
    /// <param name="device">Where the features are to lie; null is the CPU.</param>
    /// <exception cref="ArgumentNullException">The options need the features, and there are none.</exception>
    public static EncoderKnowledge Of(
        SelfDistillationOptions options, FeatureMatrix? features, int threads, bool keep = false, Device? device = null)
    {
        if (!options.NeedsEncoderFeatures) return new(null, null);
        if (features is null) throw new ArgumentNullException(nameof(features), "the encoder's features are asked for");
        return new(
            keep || options.Targets == TargetForm.Soft ? FeatureTensors.Table(features, device) : null,
            options.NeedsNeighbours
                ? NeighborSearch.Find(features, Math.Min(options.Neighbours, features.Rows - 1), threads, NeighbourCandidates)
                : null);
    }

    public void Dispose() => Features?.Dispose();
}
