using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Data-distortion guided self-distillation on pseudo-labels: each trained exit learns the cluster from two views of an image, and each
/// view teaches the other. The loss is <see cref="DataDistortionLoss"/>, summed over exits; both views go through the student in one pass,
/// so batch norm sees them together.
/// </summary>
internal sealed class DataDistortion : StudentObjective
{
    private readonly DataDistortionOptions _options;

    /// <summary>Joins a student, its pseudo-labels and the loss.</summary>
    /// <param name="training">The student and its targets; two views of one size.</param>
    /// <param name="options">Weights and temperature.</param>
    public DataDistortion(StudentTraining training, DataDistortionOptions options)
        : base("data-distortion", training) => _options = options;

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Views.ViewCount != 2)
        {
            throw new ArgumentException($"expected two views of each image, got {batch.Views.ViewCount}", nameof(batch));
        }

        var (outputs, targets) = (Gather(batch, Forward(batch.Views.All)), Targets(Rows(batch)));
        return Sum(outputs.Logits.Zip(
            outputs.Features, (logits, features) => DataDistortionLoss.Compute(Halves(logits), Halves(features), _options, targets)));
    }

    private static (Tensor First, Tensor Second) Halves(Tensor both)
    {
        var half = both.shape[0] / 2;
        return (both.narrow(0, 0, half), both.narrow(0, half, half));
    }
}
