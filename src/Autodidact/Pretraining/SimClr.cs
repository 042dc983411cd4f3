using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="SimClr"/>.</summary>
public sealed record SimClrOptions
{
    /// <summary>Temperature of the loss.</summary>
    [Description("temperature of the contrastive loss")]
    [Range(0.001, 100.0)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Hidden size of the projector.</summary>
    [Description("hidden size of the projector")]
    [Range(1, 65536)]
    public int ProjectorHidden { get; init; } = 512;

    /// <summary>Whether the projector's hidden layer is batch-normalised.</summary>
    [Description("batch-normalise the projector's hidden layer")]
    public bool ProjectorNorm { get; init; } = true;

    /// <summary>Embedding size.</summary>
    [Description("size of the embeddings the loss compares")]
    [Range(1, 65536)]
    public int ProjectorOutput { get; init; } = 128;
}

/// <summary>
/// SimCLR: two augmented views of each image attract, all other images of the batch repel. Chen, Kornblith, Norouzi &amp; Hinton, ICML 2020,
/// arXiv 2002.05709. The loss is <see cref="NtXentLoss"/>; both views go through the encoder in one pass, so batch norm sees them together.
/// </summary>
public sealed class SimClr : EncoderObjective
{
    private readonly SimClrOptions _options;
    private readonly ProjectionHead _projector;

    /// <summary>Joins an encoder, a fresh projector and the loss.</summary>
    /// <param name="training">The encoder, and two views of one size.</param>
    /// <param name="options">Temperature and projector.</param>
    public SimClr(EncoderTraining training, SimClrOptions options)
        : base("simclr", training)
    {
        _options = options;
        _projector = Beside("projector", new ProjectionHead(Encoder.FeatureSize, [options.ProjectorHidden, options.ProjectorOutput], options.ProjectorNorm));
    }

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new(NtXentLoss.Compute(_projector.call(Encoder.call(batch.Views.All)), _options.Temperature), new Dictionary<string, Tensor>());
    }
}
