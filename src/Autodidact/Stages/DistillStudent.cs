using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>Stage three: a multi-exit student learns the pseudo-labels, and what its method adds.</summary>
internal static class DistillStudent
{
    /// <summary>Trains the student.</summary>
    /// <param name="run">The stage.</param>
    /// <param name="data">The images.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="clustering">The pseudo-labels.</param>
    /// <param name="student">Where the student goes.</param>
    /// <param name="cancellationToken">Stops after the running step; a checkpoint is written first.</param>
    public static StageOutcome Run(
        StageRun run,
        PackedData data,
        long steps,
        EncoderArtefact encoder,
        ClusteringArtefact clustering,
        StudentArtefact student,
        CancellationToken cancellationToken)
    {
        var options = run.Options.Distill;
        var method = DistillMethods.Get(options.Method);
        using var model = encoder.Open();
        var plan = new StudentPlan(run.Options, data, encoder, model, clustering);
        run.Begin(
            $"{options.Method} training of {plan.Input.Architecture}{(plan.FromEncoder ? ", from the encoder," : "")} on {plan.Classes} "
            + (method.UsesLabels ? "CLASSES OF LABELS" : "pseudo-classes"),
            steps);
        using var team = TrainingTeam.Create(run.Ranks, () => plan.Train(steps));
        var teacherDigest = options.Teacher is null ? null : TeachingRun.Digest(options, recorded: null);
        var result = run.Train(team, cancellationToken);
        student.Save(plan.First!, plan.Input, method.OwnClusters);
        var noted = new DistillSummary
        {
            Method = options.Method,
            Arch = plan.Input.Architecture,
            Epochs = result.Epochs,
            Seconds = result.Seconds,
            UsesLabels = method.UsesLabels ? true : null,
        };
        return StageOutcome.Of(result, student.File) with
        {
            Note = summary => summary with { Distill = noted },
            TeacherDigest = teacherDigest,
        };
    }
}
