using Autodidact.Objectives;
using Autodidact.Training;

namespace Autodidact.Distillation;

/// <summary>
/// Knowledge distillation on pseudo-labels: every trained exit learns its image's cluster, and what a <see cref="ClusterTeacher"/> says of
/// the same view. The loss is <see cref="KnowledgeDistillationLoss"/>, summed over exits.
/// </summary>
internal sealed class KnowledgeDistillation : StudentObjective
{
    private readonly KnowledgeDistillationOptions _options;
    private readonly ClusterTeacher _teacher;

    /// <summary>Joins a student, its pseudo-labels, a teacher and the loss.</summary>
    /// <param name="training">The student and its targets.</param>
    /// <param name="options">Weights and temperature.</param>
    /// <param name="teacher">The teacher; owned by the objective from now on.</param>
    /// <exception cref="AutodidactException">The teacher answers with another number of clusters; kind Usage.</exception>
    public KnowledgeDistillation(StudentTraining training, KnowledgeDistillationOptions options, ClusterTeacher teacher)
        : base("kd", training)
    {
        _options = options;
        _teacher = teacher;
        CheckAnswers(teacher);
    }

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var (view, targets) = (batch.Views.View(0), Targets(Rows(batch)));
        var teacher = batch.Gather(_teacher.Logits(view));
        return Sum(Forward(view).Logits.Select(batch.Gather)
            .Select(logits => KnowledgeDistillationLoss.Compute(logits, teacher, _options, targets)));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _teacher.Dispose();
        base.Dispose(disposing);
    }
}
