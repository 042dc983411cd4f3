using Autodidact.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// MUSE-style self-distillation: every exit learns the pseudo-labels, and shares information with the deepest exit. What is from Gong et
/// al. (BMVC 2021, arXiv 2110.12606) and what is ours: <see cref="MuseStyleLoss"/>. Each shallow exit has a discriminator: both features
/// side by side, linear, ReLU, linear, one score.
/// </summary>
internal sealed class MuseStyle : StudentObjective
{
    private readonly MuseStyleOptions _options;
    private readonly ModuleList<Sequential> _discriminators;

    /// <summary>Joins a student, its pseudo-labels and the loss.</summary>
    /// <param name="training">The student and its targets.</param>
    /// <param name="options">Weight, form and discriminators.</param>
    public MuseStyle(StudentTraining training, MuseStyleOptions options)
        : base("muse-style", training)
    {
        _options = options;
        var shallow = options.Weight > 0 ? Student.ExitCount - 1 : 0;
        _discriminators = Beside("discriminators", nn.ModuleList(Enumerable.Range(0, shallow).Select(_ => Discriminator()).ToArray()));
    }

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (loss, parts) = MuseStyleLoss.Compute(
            Forward(batch.Views.View(0)),
            Targets(Rows(batch)), _options, (exit, feature, teacher) => _discriminators[exit].call(cat([feature, teacher], 1)).squeeze(1));
        return new ObjectiveLoss(loss, parts);
    }

    private Sequential Discriminator() => nn.Sequential(
        ("hidden", nn.Linear(2L * Student.FeatureSize, _options.Hidden)), ("relu", nn.ReLU()), ("score", nn.Linear(_options.Hidden, 1)));
}
