using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Numerics;

namespace Autodidact.Artefacts;

/// <summary>An encoder that is open: a network of ours, a graph of any maker, or ready features.</summary>
internal abstract class EncoderModel : IDisposable
{
    /// <summary>The network and what it sees; null where it is not ours, so that no student can start from it.</summary>
    public virtual (Backbone Network, ModelInput Input)? Trained => null;

    /// <summary>Input of a student and of the untrained network, where their own options leave it open.</summary>
    public abstract ModelInput Input { get; }

    /// <summary>Features of the target set's training images, in pack order; owned by the caller.</summary>
    /// <param name="images">The training images.</param>
    /// <param name="batchSize">Images a forward pass.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public abstract FeatureMatrix TrainFeatures(IImageSet images, int batchSize, CancellationToken cancellationToken);

    /// <summary>Features of the evaluation images; null where there are none to be had. Owned by the caller.</summary>
    /// <param name="images">The evaluation images.</param>
    /// <param name="batchSize">Images a forward pass.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public abstract FeatureMatrix? EvaluationFeatures(IImageSet images, int batchSize, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract void Dispose();
}
