using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Objectives;
using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="RotNet"/>.</summary>
public sealed record RotNetOptions
{
    /// <summary>Hidden size of the classifier.</summary>
    [Description("hidden size of the classifier of rotations; 0 is a linear one on the feature")]
    [Range(0, 65536)]
    public int Hidden { get; init; }
}

/// <summary>
/// RotNet: by how many quarters of a circle was the image turned? Gidaris, Singh &amp; Komodakis, ICLR 2018, arXiv 1803.07728. The loss is
/// <see cref="RotationLoss"/>; the four rotations of every image go through the encoder in one pass, as published, so batch norm sees them
/// together.
/// </summary>
internal sealed class RotNet : EncoderObjective
{
    private readonly ProjectionHead _classifier;

    /// <summary>Joins an encoder, a fresh classifier and the loss.</summary>
    /// <param name="training">The encoder, and one view.</param>
    /// <param name="options">The classifier.</param>
    public RotNet(EncoderTraining training, RotNetOptions options)
        : base("rotnet", training)
    {
        ArgumentNullException.ThrowIfNull(options);
        long[] layers = options.Hidden > 0 ? [options.Hidden, QuarterTurns.Count] : [QuarterTurns.Count];
        _classifier = Beside("classifier", new ProjectionHead(Encoder.FeatureSize, layers));
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var logits = batch.Gather(_classifier.call(Encoder.call(QuarterTurns.All(batch.Views.View(0)))));
        return new(
            RotationLoss.Compute(logits),
            new Dictionary<string, Tensor>
            {
                ["rotation_accuracy"] = PretextLoss.Accuracy(logits, QuarterTurns.Labels(batch.ImageCount, logits.device)),
            });
    }
}
