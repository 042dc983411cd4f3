using Autodidact.Models;
using Autodidact.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// Snapshot distillation on pseudo-labels: training in cycles, each with a warm-up and a decay of its own. The first is cross entropy on
/// every trained exit; from the second on, a frozen copy of the student as the cycle before left it teaches each exit by the same exit of
/// its own, on the same view. The loss is <see cref="SnapshotDistillationLoss"/>, summed over exits.
/// </summary>
internal sealed class SnapshotDistillation : StudentObjective
{
    private readonly SnapshotDistillationOptions _options;
    private readonly MultiExitNetwork _snapshot;
    private readonly Tensor _taken;
    private readonly Dictionary<string, Tensor> _state;
    private int _cycle;

    /// <summary>Joins a student, its pseudo-labels and the loss.</summary>
    /// <param name="training">The student and its targets.</param>
    /// <param name="options">Cycles and temperature.</param>
    public SnapshotDistillation(StudentTraining training, SnapshotDistillationOptions options)
        : base("snapshot", training)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        Phases = [.. Enumerable.Range(1, options.Cycles).Select(cycle => new TrainingPhase($"cycle {cycle}", 1.0 / options.Cycles))];

        // State and no module beside the student: it is to be saved, but neither to be trained nor to be put into training mode.
        _snapshot = Student.FrozenCopy();
        _taken = zeros(1, dtype: ScalarType.Int64, device: CPU).DetachFromDisposeScope();
        _state = _snapshot.NamedState().ToDictionary(s => $"snapshot.{s.Key}", s => s.Value);
        _state.Add("taken", _taken);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TrainingPhase> Phases { get; }

    /// <summary>The snapshot, and the cycle before which it was taken.</summary>
    public override IReadOnlyDictionary<string, Tensor> State => _state;

    /// <inheritdoc/>
    public override void BeginPhase(int phase)
    {
        _cycle = phase;

        // After a resume inside the cycle, the checkpoint has brought the snapshot of its start.
        if (_taken.item<long>() == phase) return;
        using var scope = NewDisposeScope();
        ModuleStore.Copy(Student, _snapshot);
        _taken.fill_(phase);
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (view, targets) = (batch.Views.View(0), Targets(Rows(batch)));
        var outputs = Gather(batch, Forward(view));
        if (_cycle == 0)
        {
            var hard = CrossEntropy(outputs, targets);
            return new ObjectiveLoss(hard, new Dictionary<string, Tensor> { ["hard"] = hard.detach() });
        }

        return Sum(outputs.Logits.Zip(
            Taught(view).Logits.Select(batch.Gather),
            (logits, snapshot) => SnapshotDistillationLoss.Compute(logits, snapshot, _options, targets)));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _snapshot.Dispose();
            _taken.Dispose();
        }

        base.Dispose(disposing);
    }

    private ExitOutputs Taught(Tensor view)
    {
        using var noGrad = no_grad();
        return Forward(_snapshot, view);
    }
}
