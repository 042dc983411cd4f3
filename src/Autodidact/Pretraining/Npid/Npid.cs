using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Objectives;
using Autodidact.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="Npid"/>.</summary>
public sealed record NpidOptions
{
    /// <summary>Temperature of the loss.</summary>
    [Description("temperature of the softmax over all images")]
    [Range(0.01, 100.0)]
    public double Temperature { get; init; } = 0.1;

    /// <summary>Vectors drawn as noise, a batch.</summary>
    [Description("vectors drawn as noise to estimate the softmax (NCE), a batch; 0 is the full softmax over all images")]
    [Range(0, 1_000_000)]
    public int Negatives { get; init; }

    /// <summary>Share of a remembered vector that stays.</summary>
    [Description("share of an image's remembered vector that stays when the image is seen again")]
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.5;

    /// <summary>Embedding size.</summary>
    [Description("size of an embedding, and of a remembered vector")]
    [Range(1, 65536)]
    public int Dimension { get; init; } = 128;
}

/// <summary>
/// NPID, non-parametric instance discrimination: every image is told from all others by a memory of one vector each. Wu, Xiong, Yu &amp;
/// Lin, CVPR 2018, arXiv 1805.01978. The loss is <see cref="NonParametricSoftmaxLoss"/> or <see cref="NoiseContrastiveLoss"/>; the one view
/// goes through the encoder and a linear layer.
/// </summary>
internal sealed class Npid : EncoderObjective
{
    private readonly Linear _embedding;
    private readonly InstanceMemory _memory;

    /// <summary>Joins an encoder, a fresh linear layer, a memory of random directions and the loss.</summary>
    /// <param name="training">The encoder, one view, and the number of images.</param>
    /// <param name="options">Memory and loss.</param>
    public Npid(EncoderTraining training, NpidOptions options)
        : base("npid", training)
    {
        ArgumentNullException.ThrowIfNull(options);
        _embedding = Beside("embedding", nn.Linear(Encoder.FeatureSize, options.Dimension));
        _memory = new InstanceMemory(
            training.Images,
            new InstanceMemoryOptions(options.Dimension, options.Temperature, options.Negatives, options.Momentum),
            Device);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State => _memory.State;

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var embeddings = _embedding.call(Encoder.call(batch.Views.View(0)));
        return new(_memory.Loss(embeddings, Rows(batch), batch), new Dictionary<string, Tensor>());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _memory.Dispose();
        base.Dispose(disposing);
    }
}
