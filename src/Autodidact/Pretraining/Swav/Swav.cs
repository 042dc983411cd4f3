using Autodidact.Objectives;
using Autodidact.Training;
using Autodidact.Training.Parts;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Pretraining;

/// <summary>
/// SwAV: a batch's views are spread evenly over prototypes, and each view predicts where the other went. Caron, Misra, Mairal, Goyal,
/// Bojanowski &amp; Joulin, NeurIPS 2020, arXiv 2006.09882. Codes are those of <see cref="Sinkhorn"/>, for the ordinary views alone; the
/// loss is <see cref="SwavLoss"/>. Views of one size go through the encoder in one pass, all through the projector in one, as published.
/// </summary>
internal sealed class Swav : EncoderObjective
{
    private const int OrdinaryViews = 2;
    private const int MostPrototypes = 3000;

    private readonly SwavOptions _options;
    private readonly ProjectionHead _projector;
    private readonly Prototypes _prototypes;
    private readonly EmbeddingQueue[] _queues;
    private readonly Tensor _queued;

    /// <summary>Joins an encoder, a fresh projector, prototypes and the queues.</summary>
    /// <param name="training">The encoder; two views of one size, and local ones of another if wanted.</param>
    /// <param name="options">Prototypes, codes, queue and projector.</param>
    /// <exception cref="AutodidactException">There are more prototypes than images; kind Usage.</exception>
    public Swav(EncoderTraining training, SwavOptions options)
        : base("swav", training)
    {
        _options = options;
        var count = ClusterCount.Of($"{training.OptionPrefix}prototypes", options.Prototypes, training.Images, MostPrototypes);
        _projector = Beside("projector", new ProjectionHead(Encoder.FeatureSize, [options.ProjectorHidden, options.ProjectorOutput]));
        _prototypes = Beside("prototypes", new Prototypes(count, options.ProjectorOutput));
        _queues =
        [
            .. Enumerable.Range(0, options.Queue > 0 ? OrdinaryViews : 0).Select(_ => new EmbeddingQueue(
                Math.Min(options.Queue, training.Images), options.ProjectorOutput, Device)),
        ];
        _queued = zeros(1, ScalarType.Int64, CPU).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State =>
        new Dictionary<string, Tensor>([.. _queues.SelectMany((queue, view) => queue.State($"queue_{view}")), new("queued", _queued)]);

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var embeddings = nn.functional.normalize(_projector.call(MultiCrop.Encode(Encoder, batch.Views, OrdinaryViews)), p: 2, dim: 1);
        var scores = batch.Gather(_prototypes.Scores(embeddings, Frozen(progress))).split(batch.ImageCount);
        var useQueue = progress >= _options.QueueFrom && _queues.Length > 0 && _queued.item<long>() >= _queues[0].Size;
        var codes = Enumerable.Range(0, OrdinaryViews).Select(view => Codes(scores[view], useQueue ? _queues[view] : null)).ToArray();
        Remember(batch.Gather(embeddings.detach()).split(batch.ImageCount));
        return new ObjectiveLoss(SwavLoss.Compute(scores, codes, _options.Temperature), new Dictionary<string, Tensor>());
    }

    /// <inheritdoc/>
    public override void AfterStep(double progress)
    {
        // Rows of length 1 are not quite the same once they are brought to length 1 again: frozen ones are left alone.
        if (!Frozen(progress)) _prototypes.Normalize();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var queue in _queues) queue.Dispose();
            _queued.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Frozen(double progress) => progress < _options.FreezeFraction;

    /// <summary>
    /// Codes of one view's images; embeddings of the queue are spread together with them, by the prototypes as they are now.
    /// </summary>
    private Tensor Codes(Tensor scores, EmbeddingQueue? queue)
    {
        using var noGrad = no_grad();
        var all = queue is null ? scores : cat([_prototypes.Scores(queue.Snapshot()), scores]);
        var codes = Sinkhorn.Codes(all, _options.Epsilon, _options.Iterations);
        return codes.narrow(0, codes.shape[0] - scores.shape[0], scores.shape[0]);
    }

    private void Remember(Tensor[] embeddings)
    {
        for (var view = 0; view < _queues.Length; view++) _queues[view].Enqueue(embeddings[view]);
        _queued.add_(embeddings[0].shape[0]);
    }
}
