using Autodidact.Models;
using Autodidact.Objectives;
using Autodidact.Training;
using Autodidact.Training.Parts;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// MoCo v2: an image's two views attract, keys of earlier images in a queue repel; keys come from a copy of the network that follows it
/// slowly. Chen, Fan, Girshick &amp; He, "Improved baselines with momentum contrastive learning", 2020, arXiv 2003.04297. The loss is
/// <see cref="MocoLoss"/>. One pass for each view and group of images, as published.
/// </summary>
internal sealed class MocoV2 : EncoderObjective
{
    private readonly MocoOptions _options;
    private readonly string _prefix;
    private readonly ProjectionHead _projector;
    private readonly MomentumCopy<Backbone> _keyEncoder;
    private readonly MomentumCopy<ProjectionHead> _keyProjector;
    private readonly EmbeddingQueue _queue;

    /// <summary>Joins an encoder, a fresh projector, the copies of both that make keys, and the queue.</summary>
    /// <param name="training">The encoder, and two views of one size.</param>
    /// <param name="options">Queue, momentum, temperature and projector.</param>
    public MocoV2(EncoderTraining training, MocoOptions options)
        : base("moco-v2", training)
    {
        _options = options;
        _prefix = training.OptionPrefix;
        _projector = Beside("projector", Projector());
        _keyEncoder = new MomentumCopy<Backbone>(Encoder, Beside("key_encoder", Encoder.Copy()));
        _keyProjector = new MomentumCopy<ProjectionHead>(_projector, Beside("key_projector", Projector()));
        _queue = new EmbeddingQueue(Math.Min(options.Queue, training.Images), options.ProjectorOutput, Device);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor>(_queue.State("queue"));

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CheckGroups(batch);
        var (first, second) = (batch.Views.View(0), batch.Views.View(1));
        var queue = _queue.Snapshot();
        var keys = Keys(batch, second);
        var loss = MocoLoss.Compute(Queries(batch, first), keys, queue, _options.Temperature);
        if (_options.Symmetric)
        {
            var others = Keys(batch, first);
            loss = loss.add(MocoLoss.Compute(Queries(batch, second), others, queue, _options.Temperature)).div(2);
            keys = cat([keys, others]);
        }

        _queue.Enqueue(keys);
        return new ObjectiveLoss(loss, new Dictionary<string, Tensor>());
    }

    /// <inheritdoc/>
    public override void AfterStep(double progress)
    {
        var momentum = MomentumSchedule.Cosine(_options.Momentum, progress, _options.FinalMomentum ?? _options.Momentum);
        _keyEncoder.Update(momentum);
        _keyProjector.Update(momentum);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _queue.Dispose();
        base.Dispose(disposing);
    }

    private ProjectionHead Projector() => new(Encoder.FeatureSize, [_options.ProjectorHidden, _options.ProjectorOutput], norm: false);

    private Tensor Queries(ObjectiveBatch batch, Tensor view) => batch.Gather(_projector.call(InGroups(batch, Encoder, view)));

    /// <summary>
    /// Normalised keys in the order of the view's images. Groups are drawn anew for them, so that a key's batch statistics are not those of
    /// its query's group.
    /// </summary>
    private Tensor Keys(ObjectiveBatch batch, Tensor view)
    {
        using var noGrad = no_grad();
        if (_options.NormGroups == 1) return batch.Gather(Embed(view));

        // A rank's groups hold images of other ranks, so it has to have them all.
        var images = batch.Gather(view.permute(0, 2, 3, 1));
        var order = Draws.Order(batch.ImageCount, images.device, batch.Random);
        var (first, count) = batch.Ranks.Part(batch.ImageCount);
        var keys = Embed(images.index_select(0, order.narrow(0, first, count)).permute(0, 3, 1, 2));
        return batch.Gather(keys).index_select(0, order.argsort());

        Tensor Embed(Tensor part) =>
            nn.functional.normalize(_keyProjector.Module.call(InGroups(batch, _keyEncoder.Module, part)), p: 2, dim: 1);
    }

    /// <summary>Features of this rank's part of a view, batch norm seeing one group of images at a time.</summary>
    private Tensor InGroups(ObjectiveBatch batch, Backbone encoder, Tensor part)
    {
        var (images, groups, ranks) = (batch.ImageCount, _options.NormGroups, batch.Ranks);
        if (groups == 1) return encoder.call(part);
        var each = groups / ranks.Size;
        var first = ranks.Part(images).First;
        using var apart = SeparateStatistics.Begin(ranks, encoder);
        return cat([.. Enumerable.Range(ranks.Rank * each, each).Select(Group)]);

        Tensor Group(int group)
        {
            var from = images * group / groups;
            return encoder.call(part.narrow(0, from - first, (images * (group + 1) / groups) - from));
        }
    }

    private void CheckGroups(ObjectiveBatch batch)
    {
        var images = batch.ImageCount;
        if (_options.NormGroups > 1 && _options.NormGroups % batch.Ranks.Size != 0)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"{_prefix}norm_groups: {_options.NormGroups} groups cannot be divided among {batch.Ranks.Size} ranks: "
                + $"use {batch.Ranks.Size} groups or another number of ranks");
        }

        if (images < 2 * _options.NormGroups && _options.NormGroups > 1)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"{_prefix}norm_groups: {_options.NormGroups} groups of a batch of {images} images: "
                + $"each needs 2, lower it to {Math.Max(1, images / 2)} or raise the batch size");
        }
    }
}
