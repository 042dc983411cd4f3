using Autodidact.Objectives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// Head of DINO: three linear layers with GELU, L2 normalisation, and a last linear layer without bias whose rows are weight-normalised
/// with length 1, so that an output is the cosine of the embedding with a prototype: [B, inputs] to [B, outputs].
/// </summary>
internal sealed class DinoHead : nn.Module<Tensor, Tensor>
{
    private const double InitialDeviation = 0.02;
    private readonly ProjectionHead mlp;
    private readonly Parameter last_layer;

    /// <summary>
    /// Makes a head; weights are drawn from torch's generator as by the authors: normal with deviation 0.02, biases 0, the last layer
    /// uniform.
    /// </summary>
    /// <param name="inputs">Size of what goes in.</param>
    /// <param name="options">Sizes, and whether hidden layers are batch-normalised.</param>
    public DinoHead(long inputs, DinoOptions options)
        : base(nameof(DinoHead))
    {
        ArgumentNullException.ThrowIfNull(options);
        mlp = new ProjectionHead(inputs, [options.HeadHidden, options.HeadHidden, options.Bottleneck], options.HeadNorm, gelu: true);
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in mlp.named_parameters())
        {
            // Published truncated at 100 deviations, which is no truncation; TorchSharp 0.107's trunc_normal_ fills with one and the same
            // value.
            if (parameter.dim() == 2) nn.init.normal_(parameter, std: InitialDeviation);
            else if (name.EndsWith("bias", StringComparison.Ordinal)) nn.init.zeros_(parameter);
        }

        last_layer = new Parameter(
            rand(options.Outputs, options.Bottleneck).mul_(2).sub_(1).div_(Math.Sqrt(options.Bottleneck)).DetachFromDisposeScope());
        RegisterComponents();
    }

    /// <summary>The prototypes before their normalisation, [outputs, bottleneck].</summary>
    public Parameter LastLayer => last_layer;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return mm(nn.functional.normalize(mlp.call(input), p: 2, dim: 1), nn.functional.normalize(last_layer, p: 2, dim: 1).t())
            .MoveToOuterDisposeScope();
    }
}
