using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Objectives;
using Autodidact.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="S4l"/>.</summary>
public sealed record S4lOptions
{
    /// <summary>Fraction of the labels it may read, the same of each class.</summary>
    [Description("fraction of the labels it trains on, the same of each class, drawn by the seed")]
    [Range(0.0001, 1.0)]
    public double LabelFraction { get; init; } = 0.1;

    /// <summary>Weight of the rotations.</summary>
    [Description("weight of the rotations' cross entropy beside the classes'")]
    [Range(0.0, 1e6)]
    public double RotationWeight { get; init; } = 1;
}

/// <summary>
/// S4L-Rotation, semi-supervised: every image tells by which quarter turn it was turned, and those whose label is known tell their class as
/// well, however they are turned. Zhai, Oliver, Kolesnikov &amp; Beyer, ICCV 2019, arXiv 1905.03670. The loss is <see cref="S4lLoss"/>. The
/// paper draws as many labelled images as others for each step; here a step has the labelled images that are in its batch.
/// </summary>
internal sealed class S4l : EncoderObjective
{
    private readonly S4lOptions _options;
    private readonly Tensor _labels;
    private readonly Linear _classes;
    private readonly Linear _rotations;

    /// <summary>Joins an encoder, two linear classifiers and the loss.</summary>
    /// <param name="training">The encoder, and one view.</param>
    /// <param name="options">Weight of the rotations.</param>
    /// <param name="labels">The labels it may know.</param>
    public S4l(EncoderTraining training, S4lOptions options, TrainingLabels labels)
        : base("s4l", training)
    {
        ArgumentNullException.ThrowIfNull(labels);
        _options = options;
        _labels = tensor(labels.Values.Select(l => (long)l).ToArray(), device: Device).DetachFromDisposeScope();
        _classes = Beside("classes", nn.Linear(Encoder.FeatureSize, labels.Classes));
        _rotations = Beside("rotations", nn.Linear(Encoder.FeatureSize, QuarterTurns.Count));
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var features = Encoder.call(QuarterTurns.All(batch.Views.View(0)));
        var (loss, classes, rotations) = S4lLoss.Compute(
            batch.Gather(_classes.call(features)), batch.Gather(_rotations.call(features)), _labels[Rows(batch)], _options.RotationWeight);
        return new ObjectiveLoss(
            loss, new Dictionary<string, Tensor> { ["classes"] = classes.detach(), ["rotations"] = rotations.detach() });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _labels.Dispose();
        base.Dispose(disposing);
    }
}
