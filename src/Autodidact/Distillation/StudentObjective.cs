using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Objectives;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>The base of objectives of stage three: a student, the modules that train beside it, the pseudo-labels, and the views.</summary>
public abstract class StudentObjective : Objective
{
    private readonly Tensor _targets;

    /// <summary>Takes the student over, and seeds the weights that the derived class makes next.</summary>
    /// <param name="name">Name of the method.</param>
    /// <param name="training">The student and its targets.</param>
    protected StudentObjective(string name, StudentTraining training)
        : base(name, "student", (training ?? throw new ArgumentNullException(nameof(training))).Student, training.Views, training.Seed)
    {
        Student = training.Student;
        OnlyExit = training.OnlyExit;
        _targets = tensor(training.PseudoLabels.Select(l => (long)l).ToArray(), device: Device).DetachFromDisposeScope();
    }

    /// <summary>The student.</summary>
    protected internal MultiExitNetwork Student { get; }

    /// <summary>Position of the one exit that is trained; null where every exit is.</summary>
    protected int? OnlyExit { get; }

    /// <summary>Positions of the exits that are trained, shallow to deep.</summary>
    protected IEnumerable<int> TrainedExits => OnlyExit is { } exit ? [exit] : Enumerable.Range(0, Student.ExitCount);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _targets.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Every pseudo-label as it stands, int64 [images]: part of the state of methods that change them.</summary>
    protected internal Tensor AllTargets => _targets;

    /// <summary>Pseudo-labels of a batch: int64 [B].</summary>
    /// <param name="rows">Its rows.</param>
    protected Tensor Targets(Tensor rows) => _targets[rows];

    /// <summary>Puts other pseudo-labels in place of those the training began with.</summary>
    /// <param name="pseudoLabels">Cluster of each training image, in training order.</param>
    protected internal void Retarget(IReadOnlyList<int> pseudoLabels)
    {
        using var scope = NewDisposeScope();
        _targets.copy_(tensor(pseudoLabels.Select(l => (long)l).ToArray(), device: CPU));
    }

    /// <summary>
    /// Features and logits of the exits that are trained, in the order of <see cref="TrainedExits"/>; exits that are not are not even run.
    /// </summary>
    /// <param name="view">float32 [B, 3, S, S], channels-last.</param>
    protected ExitOutputs Forward(Tensor view) => Forward(Student, view);

    /// <summary>The same of another network with the student's exits.</summary>
    /// <param name="network">The network.</param>
    /// <param name="view">float32 [B, 3, S, S], channels-last.</param>
    protected ExitOutputs Forward(MultiExitNetwork network, Tensor view)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (OnlyExit is not { } exit)
        {
            return network.call(view);
        }

        var (feature, logits) = network.ForwardTo(view, exit);
        return new ExitOutputs([feature], [logits]);
    }

    /// <summary>
    /// The same features, and logits that do not move them: for methods whose features know no cluster, so that their exits still answer
    /// with one.
    /// </summary>
    /// <param name="outputs">What <see cref="Forward(Tensor)"/> gave.</param>
    protected ExitOutputs ReadOff(ExitOutputs outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return new(outputs.Features, [.. outputs.Features.Zip(TrainedExits, (feature, exit) => Student.Classify(exit, feature.detach()))]);
    }

    /// <summary>Cross entropy with the pseudo-labels, summed over the exits of <paramref name="outputs"/>.</summary>
    /// <param name="outputs">Features and logits.</param>
    /// <param name="targets">int64 [B].</param>
    protected static Tensor CrossEntropy(ExitOutputs outputs, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return outputs.Logits.Select(logits => nn.functional.cross_entropy(logits, targets)).Aggregate((a, b) => a + b);
    }

    /// <summary>The outputs of the whole batch, from this rank's part of it; see <see cref="ObjectiveBatch.Gather"/>.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="outputs">Outputs for this rank's images.</param>
    private protected static ExitOutputs Gather(ObjectiveBatch batch, ExitOutputs outputs) => batch.Ranks.Size == 1
        ? outputs
        : new([.. outputs.Features.Select(batch.Gather)], [.. outputs.Logits.Select(batch.Gather)]);

    /// <summary>Refuses a teacher that knows other clusters.</summary>
    /// <param name="teacher">The teacher.</param>
    /// <exception cref="AutodidactException">It answers with another number of clusters; kind Usage.</exception>
    private protected void CheckAnswers(ClusterTeacher teacher)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        if (teacher.Clusters != Student.Options.Outputs)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"distill.teacher: it answers with {teacher.Clusters} clusters, the student with {Student.Options.Outputs}: "
                + "name a run of the same clusters");
        }
    }

    /// <summary>Losses of exits as one: the sums of the losses and of their parts.</summary>
    /// <param name="exits">Loss and parts of each exit; a part that some exits lack is summed over the others.</param>
    protected static ObjectiveLoss Sum(IEnumerable<(Tensor Loss, IReadOnlyDictionary<string, Tensor> Parts)> exits)
    {
        var all = exits.ToList();
        return new ObjectiveLoss(
            all.Select(e => e.Loss).Aggregate((a, b) => a + b),
            all.SelectMany(e => e.Parts)
                .GroupBy(p => p.Key, p => p.Value)
                .ToDictionary(part => part.Key, part => part.Aggregate((a, b) => a + b)));
    }
}
