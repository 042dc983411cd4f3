using Autodidact.Objectives;
using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// The base of Barlow Twins and VICReg: each view goes through the network in a pass of its own, as published, and through a projector of
/// three layers, whose hidden ones are batch-normalised.
/// </summary>
internal abstract class DecorrelatingObjective : EncoderObjective
{
    private readonly ProjectionHead _projector;

    /// <summary>Joins an encoder and a fresh projector.</summary>
    /// <param name="name">Name of the method.</param>
    /// <param name="training">The encoder, and two views.</param>
    /// <param name="hidden">Size of the projector's two hidden layers.</param>
    /// <param name="output">Size of the embeddings.</param>
    protected DecorrelatingObjective(string name, EncoderTraining training, int hidden, int output)
        : base(name, training) => _projector = Beside("projector", new ProjectionHead(Encoder.FeatureSize, [hidden, hidden, output]));

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <summary>Embeddings of a view of the whole batch: float [B, D], not normalised.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="view">Which view.</param>
    protected Tensor Embed(ObjectiveBatch batch, int view)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Gather(_projector.call(Encoder.call(batch.Views.View(view))));
    }
}
