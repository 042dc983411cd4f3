using Autodidact.Objectives;
using Autodidact.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Distillation;

/// <summary>
/// FitNets in its two phases: the student's stages up to a middle one learn to predict the teacher's map there through a learned 1 x 1
/// convolution (<see cref="FitNetsLoss"/>; nothing deeper is run), then the whole student is distilled as by
/// <see cref="KnowledgeDistillation"/>, and the convolution is left behind.
/// </summary>
/// <remarks>
/// Choices of ours: the regressor's kernel is 1 x 1, where the paper's is as large as the maps' difference in size asks for; maps that
/// differ in size are averaged down to the smaller one. The second phase keeps T and the weights of
/// <see cref="KnowledgeDistillationOptions"/> fixed.
/// </remarks>
internal sealed class FitNets : StudentObjective
{
    private readonly FitNetsOptions _options;
    private readonly KnowledgeDistillationOptions _distillation;
    private readonly ClusterTeacher _teacher;
    private readonly Conv2d _regressor;
    private bool _hinting = true;

    /// <summary>Joins a student, its pseudo-labels, a teacher and both losses.</summary>
    /// <param name="training">The student and its targets.</param>
    /// <param name="options">The hint.</param>
    /// <param name="distillation">The second phase.</param>
    /// <param name="teacher">The teacher; owned by the objective from now on.</param>
    /// <exception cref="AutodidactException">
    /// The teacher answers with another number of clusters, or a network lacks the stage; kind Usage.
    /// </exception>
    public FitNets(StudentTraining training, FitNetsOptions options, KnowledgeDistillationOptions distillation, ClusterTeacher teacher)
        : base("fitnets", training)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckAnswers(teacher);
        var (channels, taught) = (Student.Backbone.StageChannels, teacher.Backbone.StageChannels);
        var stages = Math.Min(channels.Count, taught.Count);
        if (options.HintStage > stages)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"{training.OptionPrefix}hint_stage={options.HintStage}: student and teacher have {stages} stages: choose one of them");
        }

        _options = options;
        _distillation = distillation;
        _teacher = teacher;
        _regressor = Beside("regressor", nn.Conv2d(channels[Stage], taught[Stage], kernel_size: 1));
        Phases = [new("hint", options.HintFraction), new("kd", 1 - options.HintFraction)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TrainingPhase> Phases { get; }

    private int Stage => _options.HintStage - 1;

    /// <inheritdoc/>
    public override void BeginPhase(int phase) => _hinting = phase == 0;

    /// <inheritdoc/>
    public override bool DividesAmongRanks => true;

    /// <inheritdoc/>
    public override ObjectiveLoss Loss(ObjectiveBatch batch, double progress)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var view = batch.Views.View(0);
        if (_hinting)
        {
            var hint = Hint(batch, view);
            return new ObjectiveLoss(hint, new Dictionary<string, Tensor> { ["hint"] = hint.detach() });
        }

        var (teacher, targets) = (batch.Gather(_teacher.Logits(view)), Targets(Rows(batch)));
        return Sum(Forward(view).Logits.Select(batch.Gather)
            .Select(logits => KnowledgeDistillationLoss.Compute(logits, teacher, _distillation, targets)));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) _teacher.Dispose();
        base.Dispose(disposing);
    }

    private Tensor Hint(ObjectiveBatch batch, Tensor view)
    {
        var (student, teacher) = (Student.Backbone.ForwardTo(view, Stage), _teacher.Map(view, Stage));
        long[] size = [Math.Min(student.shape[2], teacher.shape[2]), Math.Min(student.shape[3], teacher.shape[3])];
        var regressed = _regressor?.call(Shrink(student, size)) ?? Shrink(student, size);
        return FitNetsLoss.Compute(batch.Gather(regressed), batch.Gather(Shrink(teacher, size)), _options);
    }

    private static Tensor Shrink(Tensor map, long[] size) =>
        map.shape[2] == size[0] && map.shape[3] == size[1] ? map : nn.functional.adaptive_avg_pool2d(map, size);
}
