using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Runs;
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
        FormattableString.Invariant($"{context.Options.Data.Holdout} {context.Steps(Stage.Distill)}"),
        context.Options.Distill.AllowLabels ? Path.GetFileName(context.Target.TrainLabelsPath) : "", // names with a digest of the content
        DistillInputs.Digest(context));

    public StageOutcome Run(RunContext context, CancellationToken cancellationToken)
    {
        var options = context.Options.Distill;
        var labels = DistillMethods.Get(options.Method).UsesLabels;
        var steps = context.Steps(Stage.Distill);
        var pseudoLabels = ClusterStage.ReadAssignments(context.Paths.Clusters);
        var (targets, clusters) = labels ? UpperBoundLabels.Read(context) : (pseudoLabels, pseudoLabels.Max() + 1);
        using var encoder = RunEncoder.Load(context);
        var input = encoder.Input;
        var studentInput = StudentInput(context, input);
        context.Tell(new StageStarted(
            Stage.Distill,
            $"{options.Method} training of {studentInput.Architecture}{(FromEncoder(context, input) ? ", from the encoder," : "")} on {clusters} {(labels ? "CLASSES OF LABELS" : "pseudo-classes")}",
            steps));
        var student = CreateStudent(context, studentInput.Architecture, clusters);
        if (FromEncoder(context, input))
        {
            ModuleStore.Copy(encoder.Trained!.Value.Network, student.Backbone);
        }

        using var objective = Objective(context, student, targets, studentInput, DistillInputs.Teachers(context, encoder));
        if (options.Teacher is not null) context.Directory.Write(context.Directory.Record! with { TeacherDigest = DistillInputs.Digest(context) });
        var observers = Observers.ForStudent(context, student, studentInput, targets);
        var result = context.Train(
            Stage.Distill, objective, context.Target.Train, context.TrainPositions, studentInput, TrainerOptions(context, steps), observers, cancellationToken);
        var metadata = studentInput.ToMetadata();
        metadata["clusters"] = clusters.ToString(System.Globalization.CultureInfo.InvariantCulture);
        metadata["branch"] = options.Branch.ToString();
        metadata["attention"] = options.Attention ? "true" : "false";
        if (DistillMethods.Get(options.Method).OwnClusters) metadata[DistillInputs.OwnClustersKey] = "true";
        ModuleStore.Save(student, context.Paths.Student, metadata);
        context.Summary = context.Summary with
        {
            Distill = new DistillSummary
            {
                Method = options.Method,
                Arch = studentInput.Architecture,
                Epochs = result.Epochs,
                Seconds = result.Seconds,
                UsesLabels = labels ? true : null,
            },
        };
        return StageOutcome.Of(result, context.Paths.Student);
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

        var objective = Objective(context, student, pseudoLabels, input, DistillInputs.StandIns(context, clusters));
        return (objective, Observers.ForStudent(context, student, input, pseudoLabels));
    }

    /// <summary>The finished student, and what it sees.</summary>
    public static (MultiExitNetwork Student, ModelInput Input) LoadStudent(RunContext context, ModelInput encoder) =>
        LoadStudent(context.Paths.Student, StudentInput(context, encoder));

    /// <summary>The student of a file, and what it sees; what the file does not say comes from <paramref name="fallback"/>.</summary>
    public static (MultiExitNetwork Student, ModelInput Input) LoadStudent(string file, ModelInput fallback)
    {
        var metadata = ModuleStore.ReadMetadata(file);
        var input = ModelInput.FromMetadata(metadata, fallback);
        var options = new MultiExitOptions
        {
            Outputs = int.Parse(metadata["clusters"], System.Globalization.CultureInfo.InvariantCulture),
            Branch = Enum.Parse<BranchDesign>(metadata["branch"]),
            Attention = metadata["attention"] == "true",
        };
        var student = new MultiExitNetwork(Architecture.Parse(input.Architecture), options, seed: 0);
        try
        {
            ModuleStore.Load(student, file);
        }
        catch
        {
            student.Dispose();
            throw;
        }

        return (student, input);
    }

    private static MultiExitNetwork CreateStudent(RunContext context, string architecture, int clusters)
    {
        var student = new MultiExitNetwork(
            Architecture.Parse(architecture),
            new MultiExitOptions { Outputs = clusters, Branch = context.Options.Distill.Branch, Attention = context.Options.Distill.Attention },
            context.SeedOf(SeedStream.Student));
        student.Backbone.Precision = Precisions.Of(context.Options.Precision);
        return student;
    }

    /// <summary>What the student sees: the encoder's normalisation where it starts from the encoder or looks at the same views as it does, else the target images' own.</summary>
    public static ModelInput StudentInput(RunContext context, ModelInput encoder)
    {
        var options = context.Options.Distill;
        return new ModelInput(
            options.Arch ?? encoder.Architecture,
            options.Views.Size > 0 ? options.Views.Size : encoder.ViewSize,
            FromEncoder(context, encoder) || DistillMethods.Get(options.Method).RunsEncoder ? encoder.Normalization : PixelStatistics.Measure(context.Target.Train));
    }

    private static bool FromEncoder(RunContext context, ModelInput encoder) =>
        context.Options.Pretrain.EncoderKind == EncoderKind.Network
        && (context.Options.Distill.FromEncoder ?? (context.Options.Distill.Arch ?? encoder.Architecture) == encoder.Architecture);

    private static IObjective Objective(RunContext context, MultiExitNetwork student, int[] targets, ModelInput input, DistillTeachers teachers)
    {
        var options = context.Options.Distill;
        return DistillMethods.Get(options.Method).Create(new DistillSetup(
            student,
            [.. context.TrainPositions.Select(p => targets[p])],
            options,
            views => ViewRecipes.Schedule(options.Views, context.Target.Train, input.ViewSize, input.Normalization, views),
            context.SeedOf(SeedStream.Head),
            teachers)
        {
            Threads = context.Options.Threads,
            Spherical = context.Options.Cluster.Spherical,
        });
    }
}
