using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Objectives;
using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="SimClr"/>.</summary>
public sealed record SimClrOptions
{
    /// <summary>Ordinary views of an image, 2 or more.</summary>
    [Description("ordinary views of an image; more than the published 2 want a smaller batch_size")]
    [Range(2, 32)]
    public int Views { get; init; } = 2;

    /// <summary>Temperature of the loss.</summary>
    [Description("temperature of the contrastive loss")]
    [Range(0.001, 100.0)]
    public double Temperature { get; init; } = 0.2;

    /// <summary>Whether an image's own views are left out of the loss's denominator, as decoupled contrastive learning has it.</summary>
    [Description("leave an image's own views out of the denominator (decoupled contrastive learning)")]
    public bool Decoupled { get; init; }

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
/// SimCLR: augmented views of each image attract, all other images of the batch repel. Chen, Kornblith, Norouzi &amp; Hinton, ICML 2020,
/// arXiv 2002.05709, with two views; more, local ones too, are an option, and so is the decoupled loss of Yeh et al., ECCV 2022, arXiv
/// 2110.06848. The loss is <see cref="NtXentLoss"/>; all views of one size go through the encoder in one pass, so batch norm sees them
/// together.
/// </summary>
internal sealed class SimClr : EncoderObjective
{
    private readonly SimClrOptions _options;
    private readonly ProjectionHead _projector;

    /// <summary>Joins an encoder, a fresh projector and the loss.</summary>
    /// <param name="training">The encoder; ordinary views of one size, and local ones of another if wanted.</param>
    /// <param name="options">Number of ordinary views, the loss and the projector.</param>
    public SimClr(EncoderTraining training, SimClrOptions options)
        : base("simclr", training)
    {
        _options = options;
        _projector = Beside(
            "projector",
            new ProjectionHead(Encoder.FeatureSize, [options.ProjectorHidden, options.ProjectorOutput], options.ProjectorNorm));
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var embeddings = batch.Gather(_projector.call(MultiCrop.Encode(Encoder, batch.Views, _options.Views)));
        return new(
            NtXentLoss.Compute(embeddings, _options.Temperature, batch.Views.ViewCount, _options.Decoupled),
            new Dictionary<string, Tensor>());
    }
}
