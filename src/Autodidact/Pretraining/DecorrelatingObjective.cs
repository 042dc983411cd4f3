using Autodidact.Objectives;
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

    /// <summary>Embeddings of a view: float [B, D], not normalised.</summary>
    /// <param name="view">float32 [B, 3, S, S], channels-last.</param>
    protected Tensor Embed(Tensor view) => _projector.call(Encoder.call(view));
}
