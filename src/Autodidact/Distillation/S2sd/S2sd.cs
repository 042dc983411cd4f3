using Autodidact.Objectives;
using Autodidact.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// S2SD on pseudo-labels: beside each trained exit, perceptrons embed its feature in larger dimensions and classify it; the similarities
/// within a batch that they find teach the exit's own feature, which they do not outlive. The loss is <see cref="S2sdLoss"/>, summed over
/// exits.
/// </summary>
/// <remarks>
/// The paper's small embedding is the exit's feature here, since that is what is used later; its backbone feature is the deepest exit's
/// feature, which teaches the shallower exits from a later point of the training on, and has nothing to teach itself.
/// </remarks>
internal sealed class S2sd : StudentObjective
{
    private readonly S2sdOptions _options;
    private readonly Head[][] _heads;

    /// <summary>Joins a student, its pseudo-labels, fresh heads and the loss.</summary>
    /// <param name="training">The student and its targets.</param>
    /// <param name="options">Heads and weights.</param>
    public S2sd(StudentTraining training, S2sdOptions options)
        : base("s2sd", training)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _heads =
        [
            .. TrainedExits.Select(
                exit => Enumerable.Range(1, options.Heads).Select(head => Beside($"head_{exit}_{head}", Make(head))).ToArray()),
        ];
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var own = Forward(batch.Views.View(0));
        var (outputs, targets) = (Gather(batch, own), Targets(Rows(batch)));
        var backbone = progress >= _options.FeatureFrom && _options.FeatureFrom < 1 ? outputs.Features[^1] : null;
        return Sum(outputs.Features.Select((feature, exit) => S2sdLoss.Compute(
            (feature, outputs.Logits[exit]),
            [.. _heads[exit].Select(head => Joined(head.Answer(own.Features[exit])))],
            targets,
            _options,
            exit < outputs.Features.Count - 1 ? backbone : null)));

        (Tensor, Tensor) Joined((Tensor Embedding, Tensor Logits) answer) => (batch.Gather(answer.Embedding), batch.Gather(answer.Logits));
    }

    private Head Make(int head) =>
        new(Student.FeatureSize, Math.Max(1, (long)Math.Round(head * _options.HeadWidth * Student.FeatureSize)), Student.Options.Outputs);

    /// <summary>A perceptron of one hidden layer, and a classifier of what it gives.</summary>
    private sealed class Head : nn.Module
    {
        private readonly ProjectionHead embedding;
        private readonly Linear classifier;

        public Head(long inputs, long size, long outputs)
            : base(nameof(Head))
        {
            embedding = new ProjectionHead(inputs, [size, size], norm: false);
            classifier = nn.Linear(size, outputs);
            RegisterComponents();
        }

        public (Tensor Embedding, Tensor Logits) Answer(Tensor feature)
        {
            var embedded = embedding.call(feature);
            return (embedded, classifier.call(embedded));
        }
    }
}
