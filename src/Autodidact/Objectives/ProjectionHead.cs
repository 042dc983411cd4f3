using Autodidact.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Objectives;

/// <summary>Normalisation of the outputs of a <see cref="ProjectionHead"/>.</summary>
public enum OutputNorm
{
    /// <summary>Nothing; the last linear layer has a bias.</summary>
    None,

    /// <summary>Batch norm with scale and shift.</summary>
    Affine,

    /// <summary>Batch norm without scale and shift.</summary>
    Plain,
}

/// <summary>
/// Projector or predictor: Linear, batch norm (if wanted), ReLU for each hidden layer, then Linear; [B, inputs] to [B, last of layers].
/// Thrown away after pre-training.
/// </summary>
public sealed class ProjectionHead : nn.Module<Tensor, Tensor>
{
    private readonly Sequential layers;

    /// <summary>Makes a head; weights are drawn from torch's generator.</summary>
    /// <param name="inputs">Size of what goes in.</param>
    /// <param name="layers">Size of each layer; the last is that of the embedding.</param>
    /// <param name="norm">
    /// Whether hidden layers are batch-normalised; their linear layers then have no bias, whose place the norm's shift takes.
    /// </param>
    /// <param name="outputNorm">What normalises the outputs.</param>
    /// <param name="gelu">GELU in place of ReLU.</param>
    public ProjectionHead(
        long inputs, IReadOnlyList<long> layers, bool norm = true, OutputNorm outputNorm = OutputNorm.None, bool gelu = false)
        : base(nameof(ProjectionHead))
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers.Count, 1, nameof(layers));
        this.layers = nn.Sequential();
        for (var i = 0; i < layers.Count; i++)
        {
            var (from, to) = (i == 0 ? inputs : layers[i - 1], layers[i]);
            if (i == layers.Count - 1)
            {
                this.layers.append(nn.Linear(from, to, hasBias: outputNorm == OutputNorm.None));
                if (outputNorm != OutputNorm.None) this.layers.append(new BatchNormalization(to, affine: outputNorm == OutputNorm.Affine));
            }
            else
            {
                this.layers.append(nn.Linear(from, to, hasBias: !norm));
                if (norm) this.layers.append(new BatchNormalization(to));
                this.layers.append(gelu ? nn.GELU() : nn.ReLU(inplace: true));
            }
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => layers.call(input);
}
