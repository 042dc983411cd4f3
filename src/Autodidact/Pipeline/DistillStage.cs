using Autodidact.Distillation;
using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Runs;
using Autodidact.Serialization;
using Autodidact.Training;

namespace Autodidact.Pipeline;

/// <summary>Stage three: a multi-exit student learns the pseudo-labels and its own deepest exit. Leaves <c>student.safetensors</c>.</summary>
internal sealed class DistillStage : IStage
{
    public static DistillStage Instance { get; } = new();

    public string Fingerprint(RunContext context) => context.Fingerprint(
        Stage.Distill,
        context.Options.Distill,
        ClusterStage.Instance.Fingerprint(context),
        FormattableString.Invariant($"{context.Options.Data.Holdout} {context.Steps(Stage.Distill)}"));

    public StageOutcome Run(RunContext context, CancellationToken cancellationToken)
    {
        var options = context.Options.Distill;
        var steps = context.Steps(Stage.Distill);
        var pseudoLabels = ClusterStage.ReadAssignments(context.Paths.Clusters);
        var clusters = pseudoLabels.Max() + 1;
        using (var encoder = RunEncoder.Load(context))
        {
            var input = encoder.Input;
            var studentInput = StudentInput(context, input);
            context.Tell(new StageStarted(
                Stage.Distill,
                $"{options.Method} self-distillation of {studentInput.Architecture}{(FromEncoder(context, input) ? ", from the encoder," : "")} on {clusters} pseudo-classes",
                steps));
            var student = CreateStudent(context, studentInput.Architecture, clusters);
            if (FromEncoder(context, input))
            {
                ModuleStore.Copy(encoder.Trained!.Value.Network, student.Backbone);
            }

            var targets = context.TrainPositions.Select(p => pseudoLabels[p]).ToArray();
            using var teacher = TeacherFeatures(context);
            using var objective = Objective(context, student, targets, studentInput, teacher);
            var observers = Observers.ForStudent(context, student, studentInput, pseudoLabels);
            var result = context.Train(
                Stage.Distill, objective, context.Target.Train, context.TrainPositions, studentInput, TrainerOptions(context, steps), observers, cancellationToken);
            var metadata = studentInput.ToMetadata();
            metadata["clusters"] = clusters.ToString(System.Globalization.CultureInfo.InvariantCulture);
            metadata["branch"] = options.Branch.ToString();
            metadata["attention"] = options.Attention ? "true" : "false";
            ModuleStore.Save(student, context.Paths.Student, metadata);
            context.Summary = context.Summary with
            {
                Distill = new DistillSummary { Method = options.Method, Arch = studentInput.Architecture, Epochs = result.Epochs, Seconds = result.Seconds },
            };
            return new StageOutcome(
                [context.Paths.Student],
                FormattableString.Invariant($"{result.Epochs:0.#} epochs, {result.ImagesPerSecond:0} images/s"));
        }
    }

    public static TrainerOptions TrainerOptions(RunContext context, long steps) => new()
    {
        BatchSize = context.Options.Distill.BatchSize,
        Steps = steps,
        Optimizer = context.Options.Distill.Optimizer,
        Seed = context.SeedOf(SeedStream.Distill),
        CheckpointEvery = context.Options.CheckpointEvery,
    };

    /// <summary>An objective of the stage's cost and what watches it, before there are an encoder and pseudo-labels.</summary>
    public static (IObjective Objective, IReadOnlyList<ITrainingObserver> Observers) ThrowAway(RunContext context)
    {
        var input = StudentInput(context, PretrainStage.Expected(context));
        var clusters = ClusterStage.Clusters(context.Options.Cluster, context.Target.Train.Count);
        var pseudoLabels = Enumerable.Range(0, context.Target.Train.Count).Select(p => p % clusters).ToArray();
        var student = CreateStudent(context, input.Architecture, clusters);

        // Features of some size stand for the encoder's, which are not there yet.
        using var teacher = context.Options.Distill.Loss.EncoderFeature > 0 ? new FeatureMatrix(context.TrainPositions.Length, student.FeatureSize) : null;
        var objective = Objective(context, student, [.. context.TrainPositions.Select(p => pseudoLabels[p])], input, teacher);
        return (objective, Observers.ForStudent(context, student, input, pseudoLabels));
    }

    /// <summary>The finished student, and what it sees.</summary>
    public static (MultiExitNetwork Student, ModelInput Input) LoadStudent(RunContext context, ModelInput encoder)
    {
        var metadata = ModuleStore.ReadMetadata(context.Paths.Student);
        var input = ModelInput.FromMetadata(metadata, StudentInput(context, encoder));
        var clusters = int.Parse(metadata["clusters"], System.Globalization.CultureInfo.InvariantCulture);
        var student = CreateStudent(context, input.Architecture, clusters);
        try
        {
            ModuleStore.Load(student, context.Paths.Student);
        }
        catch
        {
            student.Dispose();
            throw;
        }

        return (student, input);
    }

    public static MultiExitNetwork CreateStudent(RunContext context, string architecture, int clusters) => new(
        Architecture.Parse(architecture),
        new MultiExitOptions { Outputs = clusters, Branch = context.Options.Distill.Branch, Attention = context.Options.Distill.Attention },
        context.SeedOf(SeedStream.Student));

    /// <summary>What the student sees: the encoder's normalisation where it starts from the encoder, else the target images' own.</summary>
    public static ModelInput StudentInput(RunContext context, ModelInput encoder)
    {
        var options = context.Options.Distill;
        return new ModelInput(
            options.Arch ?? encoder.Architecture,
            options.Views.Size > 0 ? options.Views.Size : encoder.ViewSize,
            FromEncoder(context, encoder) ? encoder.Normalization : PixelStatistics.Measure(context.Target.Train));
    }

    private static bool FromEncoder(RunContext context, ModelInput encoder) =>
        context.Options.Pretrain.EncoderKind == EncoderKind.Network
        && (context.Options.Distill.FromEncoder ?? (context.Options.Distill.Arch ?? encoder.Architecture) == encoder.Architecture);

    /// <summary>The encoder's features of the images trained on, where the loss asks for them.</summary>
    private static FeatureMatrix? TeacherFeatures(RunContext context)
    {
        if (context.Options.Distill.Loss.EncoderFeature <= 0)
        {
            return null;
        }

        using var all = NpyFile.ReadMatrix(context.Paths.Features);
        return all.Select(context.TrainPositions);
    }

    private static SelfDistillation Objective(RunContext context, MultiExitNetwork student, int[] targets, ModelInput input, FeatureMatrix? teacher) => new(
        student,
        targets,
        context.Options.Distill.Loss,
        ViewRecipes.Schedule(context.Options.Distill.Views, context.Target.Train, input.ViewSize, input.Normalization, views: 1),
        context.SeedOf(SeedStream.Head),
        teacher);
}
