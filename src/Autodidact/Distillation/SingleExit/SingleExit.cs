using Autodidact.Numerics;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// One exit of a student as a compact network of its own, trained by cross entropy with the pseudo-labels: ClusterFit (Yan et al., CVPR
/// 2020, arXiv 1912.03330) for the deepest exit. Deeper stages and other branches are not even run and stay as they began, so the cost is
/// that of the compact network.
/// </summary>
internal sealed class SingleExit : StudentObjective
{
    private readonly SelfDistillationOptions _options;
    private readonly EncoderKnowledge _knowledge;
    private readonly PseudoTargets _targets;
    private readonly int _exit;

    /// <summary>Joins a student, its pseudo-labels and the form of its targets.</summary>
    /// <param name="training">
    /// The student and its targets; <see cref="StudentTraining.OnlyExit"/> says which exit, and the deepest is trained where it says none.
    /// </param>
    /// <param name="options">What cross entropy aims at, its weighting and smoothing; nothing else of the options is read.</param>
    /// <param name="encoderFeatures">
    /// The encoder's features of the training images, [images, d]; needed for soft and neighbours' targets and for confidence. Not kept.
    /// </param>
    /// <param name="centroids">
    /// Centroids of the pseudo-labels' clusters among those features, [clusters, d]; needed for soft targets. Not kept.
    /// </param>
    public SingleExit(
        StudentTraining training, SelfDistillationOptions options, FeatureMatrix? encoderFeatures = null, FeatureMatrix? centroids = null)
        : base("single-exit", training)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _exit = OnlyExit ?? Student.ExitCount - 1;
        _knowledge = EncoderKnowledge.Of(options, encoderFeatures, training.Threads, device: Device);
        _targets = PseudoTargets.Of(options, training, _knowledge, centroids);
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var rows = Rows(batch);
        var (targets, weights) = _targets.Of(rows, Targets(rows));
        var logits = batch.Gather(Student.ForwardTo(batch.Views.View(0), _exit).Logits);
        var loss = SelfDistillationLoss.CrossEntropy(logits, targets, _options.LabelSmoothing, weights);
        return new ObjectiveLoss(loss, new Dictionary<string, Tensor> { ["hard"] = loss.detach() });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _knowledge.Dispose();
            _targets.Dispose();
        }

        base.Dispose(disposing);
    }
}
