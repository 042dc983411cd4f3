using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Objectives;
using Autodidact.Training;
using Autodidact.Training.Parts;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// CompRess (Abbasi Koohpayegani et al., NeurIPS 2020, arXiv 2010.14713): every exit takes from the encoder how similar an image is to a
/// memory of anchors, both having seen the same view. The loss is <see cref="CompRessLoss"/>, mean over exits; classifiers read the
/// clusters off features they do not move.
/// </summary>
internal sealed class CompRess : StudentObjective
{
    private readonly CompRessOptions _options;
    private readonly TeacherMemory _teacher;
    private readonly ModuleList<Linear> _maps;
    private readonly MomentumCopy<MultiExitNetwork>? _key;
    private readonly EmbeddingQueue[] _memories = [];

    /// <summary>Joins a student, its teacher and the loss.</summary>
    /// <param name="training">The student and its targets.</param>
    /// <param name="options">Memories and temperature.</param>
    /// <param name="encoder">The teacher, in evaluation mode and without gradients; the objective takes it over, and disposes it.</param>
    /// <param name="encoderFeatures">The encoder's features of the training images, with which its memory begins: [images, d].</param>
    public CompRess(StudentTraining training, CompRessOptions options, Backbone encoder, FeatureMatrix encoderFeatures)
        : base("compress", training)
    {
        _options = options;
        _teacher = new TeacherMemory(encoder, encoderFeatures, options.Memory, training.Seed);
        var two = options.Queues switch
        {
            CompRessQueues.One => false,
            CompRessQueues.Two => true,
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Queues, "this number of memories is not known"),
        };
        _maps = Beside(
            "maps", nn.ModuleList(TrainedExits.Where(_ => !two).Select(_ => nn.Linear(Student.FeatureSize, _teacher.Dimension)).ToArray()));
        if (two)
        {
            _key = new MomentumCopy<MultiExitNetwork>(Student, Beside("key", Student.Copy()));
            _memories = [.. TrainedExits.Select(_ => new EmbeddingQueue(_teacher.Queue.Size, Student.FeatureSize, Device))];
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor>(
        [.. _teacher.Queue.State("teacher_memory"), .. _memories.SelectMany((memory, i) => memory.State($"memory_{i}"))]);

    /// <summary>
    /// Anchors on both sides are of the same images: before the first step the exits' memories begin with those of the teacher's.
    /// </summary>
    /// <inheritdoc/>
    public override void BeginEpoch(int epoch, FeaturePass features, double progress)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (epoch > 0 || _key is null) return;
        using var scope = NewDisposeScope();
        using var all = features(view => cat([.. Features(_key.Module, view)], 1));
        using var first = all.Select(_teacher.FirstImages);
        using var rows = FeatureTensors.Table(first);
        foreach (var (memory, part) in _memories.Zip(rows.chunk(_memories.Length, 1)))
        {
            memory.Fill(nn.functional.normalize(part, p: 2, dim: 1));
        }
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var view = batch.Views.View(0);
        var outputs = ReadOff(Forward(view));
        var own = _teacher.Embed(view);
        var teacher = batch.Gather(own);
        var anchors = _teacher.Queue.Snapshot();
        var distance = batch.Mean(stack([.. outputs.Features.Select((feature, i) => _key is null
            ? CompRessLoss.Compute(_maps[i].call(feature), own, anchors, anchors, _options.Temperature)
            : CompRessLoss.Compute(feature, own, _memories[i].Snapshot(), anchors, _options.Temperature))]).mean());
        var hard = CrossEntropy(Gather(batch, outputs), Targets(Rows(batch)));
        Remember(batch, teacher);
        return new ObjectiveLoss(
            hard + (distance * _options.Weight),
            new Dictionary<string, Tensor> { ["hard"] = hard.detach(), ["anchors"] = distance.detach() });
    }

    /// <inheritdoc/>
    public override void AfterStep(double progress) => _key?.Update(_options.Momentum);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _teacher.Dispose();
            foreach (var memory in _memories) memory.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Remember(ObjectiveBatch batch, Tensor teacher)
    {
        _teacher.Queue.Enqueue(teacher);
        if (_key is null) return;
        using var noGrad = no_grad();
        foreach (var (memory, feature) in _memories.Zip(Features(_key.Module, batch.Views.View(0))))
        {
            memory.Enqueue(nn.functional.normalize(batch.Gather(feature), p: 2, dim: 1));
        }
    }

    private IReadOnlyList<Tensor> Features(MultiExitNetwork network, Tensor view) =>
        OnlyExit is { } exit ? [network.ForwardTo(view, exit).Feature] : network.call(view).Features;
}
