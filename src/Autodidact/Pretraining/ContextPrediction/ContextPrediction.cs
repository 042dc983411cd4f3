using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Objectives;
using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="ContextPrediction"/>.</summary>
public sealed record ContextPredictionOptions
{
    /// <summary>Side of a patch as a fraction of the view's.</summary>
    [Description("side of a patch, as a fraction of the view's")]
    [Range(0.05, 0.34)]
    public double Patch { get; init; } = 0.22;

    /// <summary>Gap between two patches as a fraction of a patch.</summary>
    [Description("gap between two patches, as a fraction of a patch's side")]
    [Range(0.0, 2.0)]
    public double Gap { get; init; } = 0.5;

    /// <summary>Most by which a patch is moved, as a fraction of a patch.</summary>
    [Description(
        "most by which a patch is moved in each direction, as a fraction of its side; at least a pixel where there is room, 0 is off")]
    [Range(0.0, 1.0)]
    public double Jitter { get; init; } = 0.073;

    /// <summary>Whether one colour channel of each patch is kept.</summary>
    [Description(
        "keep one colour channel of each patch, drawn at random, and fill the others with noise; "
        + "false gives each patch mean 0 and deviation 1 alone")]
    public bool DropColors { get; init; } = true;

    /// <summary>Hidden size of the classifier.</summary>
    [Description("size of the two hidden layers of the classifier")]
    [Range(1, 65536)]
    public int Hidden { get; init; } = 512;
}

/// <summary>
/// Context prediction: on which of eight sides of the middle patch does the other lie? Doersch, Gupta &amp; Efros, ICCV 2015, arXiv
/// 1505.05192. The loss is <see cref="PretextLoss"/>; all patches of the batch go through the encoder in one pass, and the two features of
/// an image, joined, through a classifier.
/// </summary>
internal sealed class ContextPrediction : EncoderObjective
{
    private readonly ContextPredictionOptions _options;
    private readonly ProjectionHead _classifier;

    /// <summary>Joins an encoder, a fresh classifier and the loss.</summary>
    /// <param name="training">The encoder, and one view; views may grow, and must not shrink, while training goes on.</param>
    /// <param name="options">Patches and classifier.</param>
    /// <exception cref="AutodidactException">The first views are too small; kind Usage.</exception>
    public ContextPrediction(EncoderTraining training, ContextPredictionOptions options)
        : base("context-prediction", training)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        ContextLayout.For(training.Views(0).Views[0].Size, options);
        _classifier =
            Beside("classifier", new ProjectionHead(2L * Encoder.FeatureSize, [options.Hidden, options.Hidden, ContextLayout.Neighbors]));
    }

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var view = batch.Views.View(0);
        var answers = Draws.Integers(0, ContextLayout.Neighbors, [view.shape[0]], view.device);
        var pairs = ContextLayout.For((int)view.shape[2], _options).Pairs(view, answers);
        var features = Encoder.call(_options.DropColors ? Patches.DropColors(pairs) : Patches.Standardize(pairs));
        var logits = _classifier.call(features.view(view.shape[0], -1));
        return new(
            PretextLoss.Compute(logits, answers),
            new Dictionary<string, Tensor> { ["context_accuracy"] = PretextLoss.Accuracy(logits, answers) });
    }
}
