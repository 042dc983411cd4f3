using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Objectives;
using Autodidact.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// SEED (Fang et al., ICLR 2021, arXiv 2101.04731): every exit takes from the encoder how similar an image is to a queue of the encoder's
/// embeddings and to itself, both having seen the same view. The loss is <see cref="SeedDistillationLoss"/>, mean over exits; classifiers
/// read the clusters off features they do not move.
/// </summary>
internal sealed class SeedDistillation : StudentObjective
{
    private readonly SeedDistillationOptions _options;
    private readonly TeacherMemory _teacher;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> _projections;

    /// <summary>Joins a student, its teacher and the loss.</summary>
    /// <param name="training">The student and its targets.</param>
    /// <param name="options">Queue, temperatures and projection.</param>
    /// <param name="encoder">The teacher, in evaluation mode and without gradients; the objective takes it over, and disposes it.</param>
    /// <param name="encoderFeatures">The encoder's features of the training images, with which the queue begins: [images, d].</param>
    public SeedDistillation(StudentTraining training, SeedDistillationOptions options, Backbone encoder, FeatureMatrix encoderFeatures)
        : base("seed", training)
    {
        _options = options;
        _teacher = new TeacherMemory(encoder, encoderFeatures, options.Queue, training.Seed);
        _projections = Beside("projections", nn.ModuleList(TrainedExits.Select(_ => Projection()).ToArray()));
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State => new Dictionary<string, Tensor>(_teacher.Queue.State("queue"));

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var view = batch.Views.View(0);
        var outputs = ReadOff(Forward(view));
        var teacher = _teacher.Embed(view);
        var queue = _teacher.Queue.Snapshot();
        var distances = outputs.Features.Select((feature, i) => SeedDistillationLoss.Compute(
            _projections[i].call(feature), teacher, queue, _options.Temperature, _options.TeacherTemperature));
        var distance = batch.Mean(stack([.. distances]).mean());
        var hard = CrossEntropy(Gather(batch, outputs), Targets(Rows(batch)));
        _teacher.Queue.Enqueue(batch.Gather(teacher));
        return new ObjectiveLoss(
            hard + (distance * _options.Weight),
            new Dictionary<string, Tensor> { ["hard"] = hard.detach(), ["similarities"] = distance.detach() });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _teacher.Dispose();
        base.Dispose(disposing);
    }

    private nn.Module<Tensor, Tensor> Projection() => _options.Projection switch
    {
        SeedProjection.Linear => nn.Linear(Student.FeatureSize, _teacher.Dimension),
        SeedProjection.Mlp => new ProjectionHead(Student.FeatureSize, [Student.FeatureSize, _teacher.Dimension], norm: false),
        var projection => throw new InvalidOperationException($"unknown projection {projection}"),
    };
}
