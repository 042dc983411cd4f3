using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Models;
using Autodidact.Objectives;
using Autodidact.Training;
using Autodidact.Training.Parts;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>Settings of <see cref="Byol"/>.</summary>
public sealed record ByolOptions
{
    /// <summary>Momentum of the target network at the start.</summary>
    [Description("momentum of the target network at the start; half a cosine takes it to 1 by the end")]
    [Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.99;

    /// <summary>Hidden size of the projector.</summary>
    [Description("hidden size of the projector")]
    [Range(1, 65536)]
    public int ProjectorHidden { get; init; } = 512;

    /// <summary>Embedding size.</summary>
    [Description("size of the embeddings, of which one network's predict the other's")]
    [Range(1, 65536)]
    public int ProjectorOutput { get; init; } = 128;

    /// <summary>Hidden size of the predictor.</summary>
    [Description("hidden size of the predictor")]
    [Range(1, 65536)]
    public int PredictorHidden { get; init; } = 512;
}

/// <summary>
/// BYOL: the embedding of one view predicts what a slowly following copy of the network makes of the other; nothing repels. Grill et al.,
/// NeurIPS 2020, arXiv 2006.07733. The loss is <see cref="ByolLoss"/>.
/// </summary>
/// <remarks>
/// As published, each view goes through each network in a pass of its own, so that batch norm never sees both; the target normalises by the
/// batch too, in training mode.
/// </remarks>
internal sealed class Byol : EncoderObjective
{
    private readonly ByolOptions _options;
    private readonly ProjectionHead _projector;
    private readonly ProjectionHead _predictor;
    private readonly MomentumCopy<Backbone> _targetEncoder;
    private readonly MomentumCopy<ProjectionHead> _targetProjector;

    /// <summary>Joins an encoder, fresh heads, the target network and the loss.</summary>
    /// <param name="training">The encoder, and two views.</param>
    /// <param name="options">Momentum and heads.</param>
    public Byol(EncoderTraining training, ByolOptions options)
        : base("byol", training)
    {
        _options = options;
        _projector = Beside("projector", Projector());
        _predictor = Beside("predictor", new ProjectionHead(options.ProjectorOutput, [options.PredictorHidden, options.ProjectorOutput]));
        _targetEncoder = new MomentumCopy<Backbone>(Encoder, Beside("target_encoder", Encoder.Copy()));
        _targetProjector = new MomentumCopy<ProjectionHead>(_projector, Beside("target_projector", Projector()));
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor[] views = [batch.Views.View(0), batch.Views.View(1)];
        var targets = Targets(views);
        var predictions = cat([.. views.Select(view => _predictor.call(_projector.call(Encoder.call(view))))]);
        return new(ByolLoss.Compute(batch.Gather(predictions), batch.Gather(targets)), new Dictionary<string, Tensor>());
    }

    /// <inheritdoc/>
    public override void AfterStep(double progress)
    {
        var momentum = MomentumSchedule.Cosine(_options.Momentum, progress);
        _targetEncoder.Update(momentum);
        _targetProjector.Update(momentum);
    }

    private Tensor Targets(Tensor[] views)
    {
        using var noGrad = no_grad();
        return cat([.. views.Select(view => _targetProjector.Module.call(_targetEncoder.Module.call(view)))]);
    }

    private ProjectionHead Projector() => new(Encoder.FeatureSize, [_options.ProjectorHidden, _options.ProjectorOutput]);
}
