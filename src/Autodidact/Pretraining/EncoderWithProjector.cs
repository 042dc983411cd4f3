using Autodidact.Models;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>An encoder followed by a projector: images [B, 3, S, S] to embeddings [B, D].</summary>
internal sealed class EncoderWithProjector : nn.Module<Tensor, Tensor>
{
    private readonly Backbone encoder;
    private readonly ProjectionHead projector;

    public EncoderWithProjector(Backbone encoder, ProjectionHead projector)
        : base(nameof(EncoderWithProjector))
    {
        this.encoder = encoder;
        this.projector = projector;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => projector.call(encoder.call(input));
}
