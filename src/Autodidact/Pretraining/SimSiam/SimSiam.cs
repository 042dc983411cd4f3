using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Objectives;
using Autodidact.Training;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="SimSiam"/>.</summary>
public sealed record SimSiamOptions
{
    /// <summary>Layers of the projector.</summary>
    [Description("layers of the projector")]
    [Range(1, 8)]
    public int ProjectorLayers { get; init; } = 2;

    /// <summary>Hidden size of the projector.</summary>
    [Description("hidden size of the projector")]
    [Range(1, 65536)]
    public int ProjectorHidden { get; init; } = 512;

    /// <summary>Embedding size.</summary>
    [Description("size of the embeddings, of which one view's predict the other's")]
    [Range(1, 65536)]
    public int ProjectorOutput { get; init; } = 512;

    /// <summary>Hidden size of the predictor.</summary>
    [Description("hidden size of the predictor; a quarter of the embedding's where published")]
    [Range(1, 65536)]
    public int PredictorHidden { get; init; } = 128;

    /// <summary>Whether the predictor keeps the peak learning rate.</summary>
    [Description("keep the predictor's learning rate at its peak while that of all else decays")]
    public bool PredictorRateStays { get; init; } = true;
}

/// <summary>
/// SimSiam: the embedding of one view predicts that of the other, which the gradient does not move; no negatives and no second network.
/// Chen &amp; He, CVPR 2021, arXiv 2011.10566. The loss is <see cref="SimSiamLoss"/>.
/// </summary>
/// <remarks>
/// As published, each view goes through the network in a pass of its own, every layer of the projector is batch-normalised, the last
/// without scale and shift and without ReLU, and of the predictor's layers the hidden one alone.
/// </remarks>
internal sealed class SimSiam : EncoderObjective
{
    private const string PredictorName = "predictor";
    private readonly SimSiamOptions _options;
    private readonly ProjectionHead _projector;
    private readonly ProjectionHead _predictor;

    /// <summary>Joins an encoder, fresh heads and the loss.</summary>
    /// <param name="training">The encoder, and two views.</param>
    /// <param name="options">Heads, and the predictor's rate.</param>
    public SimSiam(EncoderTraining training, SimSiamOptions options)
        : base("simsiam", training)
    {
        _options = options;
        long[] layers = [.. Enumerable.Repeat((long)options.ProjectorHidden, options.ProjectorLayers - 1), options.ProjectorOutput];
        _projector = Beside("projector", new ProjectionHead(Encoder.FeatureSize, layers, outputNorm: OutputNorm.Plain));
        _predictor = Beside(PredictorName, new ProjectionHead(options.ProjectorOutput, [options.PredictorHidden, options.ProjectorOutput]));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterGroup> ParameterGroups
    {
        get
        {
            var groups =
                ParameterGroup.Of(Network).Parameters.ToLookup(p => p.Name.StartsWith($"{PredictorName}.", StringComparison.Ordinal));
            return [new([.. groups[false]]), new([.. groups[true]], _options.PredictorRateStays)];
        }
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor[] projections = [_projector.call(Encoder.call(batch.Views.View(0))), _projector.call(Encoder.call(batch.Views.View(1)))];
        var predictions = cat([.. projections.Select(_predictor.call)]);
        return new(SimSiamLoss.Compute(batch.Gather(predictions), batch.Gather(cat(projections))), new Dictionary<string, Tensor>());
    }
}
