using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Projector of contrastive methods: Linear, BatchNorm (if wanted), ReLU, Linear; [B, inputs] to [B, outputs]. Thrown away after pre-training.</summary>
public sealed class ProjectionHead : nn.Module<Tensor, Tensor>
{
    private readonly Linear _hidden;
    private readonly BatchNorm1d? _norm;
    private readonly Linear _output;

    /// <summary>Makes a projector; weights are drawn from torch's generator.</summary>
    /// <param name="inputs">Feature size of the encoder.</param>
    /// <param name="hidden">Hidden size.</param>
    /// <param name="outputs">Embedding size.</param>
    /// <param name="norm">Whether the hidden layer is batch-normalised.</param>
    public ProjectionHead(long inputs, long hidden, long outputs, bool norm = true)
        : base(nameof(ProjectionHead))
    {
        // The norm's shift takes the place of the hidden bias.
        _hidden = nn.Linear(inputs, hidden, hasBias: !norm);
        _norm = norm ? nn.BatchNorm1d(hidden) : null;
        _output = nn.Linear(hidden, outputs);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        var hidden = _hidden.call(input);
        return _output.call((_norm is null ? hidden : _norm.call(hidden)).relu_());
    }
}
