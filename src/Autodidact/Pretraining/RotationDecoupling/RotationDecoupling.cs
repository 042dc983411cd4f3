using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Objectives;
using Autodidact.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="RotationDecoupling"/>.</summary>
public sealed record RotationDecouplingOptions
{
    /// <summary>Weight of the cross entropy of rotations.</summary>
    [Description("weight of the cross entropy of rotations")]
    [Range(0.0, 1000.0)]
    public double RotationWeight { get; init; } = 1;

    /// <summary>Weight of the distance of the other half from its mean over rotations.</summary>
    [Description("weight of the squared distance of the other half from its mean over rotations")]
    [Range(0.0, 1000.0)]
    public double InvarianceWeight { get; init; } = 1;

    /// <summary>Weight of the discrimination of images.</summary>
    [Description("weight of the discrimination of images by the other half")]
    [Range(0.0, 1000.0)]
    public double InstanceWeight { get; init; } = 1;

    /// <summary>Temperature of the discrimination of images.</summary>
    [Description("temperature of the discrimination of images")]
    [Range(0.01, 100.0)]
    public double Temperature { get; init; } = 0.07;

    /// <summary>Vectors drawn as noise, a batch.</summary>
    [Description("vectors drawn as noise to discriminate images (NCE), a batch; 0 is the full softmax over all images")]
    [Range(0, 1_000_000)]
    public int Negatives { get; init; } = 4096;

    /// <summary>Share of a remembered vector that stays.</summary>
    [Description("share of an image's remembered vector that stays when the image is seen again")]
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.5;

    /// <summary>Size of a remembered vector.</summary>
    [Description("size of a remembered vector")]
    [Range(1, 65536)]
    public int Dimension { get; init; } = 128;
}

/// <summary>
/// Rotation feature decoupling: one half of the feature tells the rotation, the other half does not change under it and tells images apart.
/// Feng, Xu &amp; Tao, CVPR 2019. Its parts are <see cref="RotationLoss"/>, <see cref="RotationDecouplingLoss"/> and
/// <see cref="NoiseContrastiveLoss"/>; the four rotations of every image go through the encoder in one pass.
/// </summary>
internal sealed class RotationDecoupling : EncoderObjective
{
    private readonly RotationDecouplingOptions _options;
    private readonly long _rotationSize;
    private readonly Linear _classifier;
    private readonly Linear _embedding;
    private readonly InstanceMemory _memory;

    /// <summary>Joins an encoder, a fresh classifier and embedding, a memory of random directions and the losses.</summary>
    /// <param name="training">The encoder, one view, and the number of images.</param>
    /// <param name="options">Weights and memory.</param>
    public RotationDecoupling(EncoderTraining training, RotationDecouplingOptions options)
        : base("rotation-decoupling", training)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _rotationSize = Encoder.FeatureSize / 2;
        _classifier = Beside("classifier", nn.Linear(_rotationSize, QuarterTurns.Count));
        _embedding = Beside("embedding", nn.Linear(Encoder.FeatureSize - _rotationSize, options.Dimension));
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
        var features = Encoder.call(QuarterTurns.All(batch.Views.View(0)));
        var logits = batch.Gather(_classifier.call(features.narrow(1, 0, _rotationSize)));
        var other = features.narrow(1, _rotationSize, features.shape[1] - _rotationSize);
        var rotation = RotationLoss.Compute(logits);
        var invariance = RotationDecouplingLoss.Invariance(batch.Gather(other));
        var instances = _memory.Loss(_embedding.call(RotationDecouplingLoss.Mean(other)), Rows(batch), batch);
        return new(
            (rotation * _options.RotationWeight) + (invariance * _options.InvarianceWeight) + (instances * _options.InstanceWeight),
            new Dictionary<string, Tensor>
            {
                ["rotation"] = rotation.detach(),
                ["invariance"] = invariance.detach(),
                ["instances"] = instances.detach(),
                ["rotation_accuracy"] = PretextLoss.Accuracy(logits, QuarterTurns.Labels(batch.ImageCount, logits.device)),
            });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _memory.Dispose();
        base.Dispose(disposing);
    }
}
