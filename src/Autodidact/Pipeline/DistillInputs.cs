using System.Security.Cryptography;
using Autodidact.Distillation;
using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Runs;
using Autodidact.Serialization;

namespace Autodidact.Pipeline;

/// <summary>Opens what may teach a student.</summary>
internal static class DistillInputs
{
    /// <summary>Says in a student's file that its answers are not the run's clusters.</summary>
    public const string OwnClustersKey = "own_clusters";

    /// <summary>The teachers of a run whose encoder and clusters are there.</summary>
    public static DistillTeachers Teachers(RunContext context, RunEncoder encoder) => new(
        () => context.Options.Distill.Teacher is null ? EncoderFeatures(context) : StudentFeatures(context, encoder.Input),
        () => ClusterStage.ReadCentroids(context.Paths.Clusters),
        () => Network(context, encoder).Frozen(),
        () =>
        {
            CheckLabels(TeacherRun(context));
            CheckClusters(context, TeacherRun(context));
            return Student(context, encoder.Input).Frozen();
        });

    /// <summary>Teachers of the right cost, before there are an encoder and clusters.</summary>
    public static DistillTeachers StandIns(RunContext context, int clusters) => new(
        () => Unlike(context.TrainPositions.Length, context.Options.Distill.Teacher is null ? Width(context) : StudentWidth(context)),
        () => Unlike(clusters, Width(context)),
        () => PretrainStage.CreateEncoder(context).Frozen(),
        () => Student(context, PretrainStage.Expected(context)).Frozen());

    /// <summary>Content of the file that teaches, where a student of another run does; one that went missing is no change until the stage is run again.</summary>
    public static string Digest(RunContext context)
    {
        if (context.Options.Distill.Teacher is not { } run) return "";
        if (!File.Exists(new RunPaths(run).Student) && context.Directory.Record?.TeacherDigest is { } recorded) return recorded;
        using var stream = File.OpenRead(TeacherFile(run));
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string TeacherFile(string run)
    {
        var file = new RunPaths(run).Student;
        return File.Exists(file) ? file : throw new AutodidactException(FailureKind.Data, $"distill.teacher: {file}: no such file: name a run directory whose student is finished");
    }

    private static FeatureMatrix EncoderFeatures(RunContext context)
    {
        using var all = NpyFile.ReadMatrix(context.Paths.Features);
        return all.Select(context.TrainPositions);
    }

    /// <summary>Of the student that teaches, as it sees pictures. Its clusters do not matter: geometry alone is taken over.</summary>
    private static FeatureMatrix StudentFeatures(RunContext context, ModelInput encoder)
    {
        var (student, input) = Load(context, encoder);
        using (student)
        {
            return FeatureExtractor.ExtractAll(
                student,
                x => [student.forward(x).Features[^1]],
                new PlainPixels(context.Target.Train, input.ViewSize, input.Normalization),
                context.TrainPositions,
                context.Options.Evaluate.BatchSize)[0];
        }
    }

    private static int StudentWidth(RunContext context)
    {
        using var student = Load(context, PretrainStage.Expected(context)).Student;
        return student.FeatureSize;
    }

    /// <summary>The student that teaches; never one that saw labels, nor one whose deepest exit was not trained.</summary>
    private static (MultiExitNetwork Student, ModelInput Input) Load(RunContext context, ModelInput encoder)
    {
        var run = TeacherRun(context);
        var file = TeacherFile(run);
        var only = CheckLabels(run).Distill.Loss.OnlyExit;
        var (student, input) = DistillStage.LoadStudent(file, DistillStage.StudentInput(context, encoder));
        if (only <= 0 || only == student.ExitCount) return (student, input);
        student.Dispose();
        throw new AutodidactException(FailureKind.Usage, $"distill.teacher: the student of {run} was trained at exit {only} alone, and the deepest teaches: name a run whose deepest exit was trained");
    }

    private static MultiExitNetwork Student(RunContext context, ModelInput encoder)
    {
        // Both look at the same views.
        var run = TeacherRun(context);
        var expected = DistillStage.StudentInput(context, encoder);
        var (student, input) = Load(context, encoder);
        if (input.Normalization == expected.Normalization) return student;
        student.Dispose();
        throw new AutodidactException(
            FailureKind.Usage, $"distill.teacher: the student of {run} was trained on pixels normalised by {input.Normalization}, this one's are by {expected.Normalization}: name a run of the same data and encoder");
    }

    private static string TeacherRun(RunContext context) => context.Options.Distill.Teacher ?? throw new InvalidOperationException("no student teaches");

    /// <summary>A student answers with its own clusters' numbers: others of the same count would teach nonsense.</summary>
    private static void CheckClusters(RunContext context, string run)
    {
        if (ModuleStore.ReadMetadata(TeacherFile(run)).GetValueOrDefault(OwnClustersKey) == "true")
        {
            throw new AutodidactException(FailureKind.Usage, $"distill.teacher: the student of {run} answers with clusters or classes of its own, not with the run's clusters: name a run of another method");
        }

        var theirs = new RunPaths(run).Clusters;
        if (!File.Exists(theirs) || !ClusterStage.ReadAssignments(theirs).AsSpan().SequenceEqual(ClusterStage.ReadAssignments(context.Paths.Clusters)))
        {
            throw new AutodidactException(
                FailureKind.Usage, $"distill.teacher: the student of {run} was not trained on this run's clusters: name a run of the same data, encoder, seed and clusters");
        }
    }

    /// <summary>Labels would come in by the back door.</summary>
    /// <returns>The options of the run.</returns>
    private static RunOptions CheckLabels(string run)
    {
        using var directory = RunDirectory.Open(run);
        var options = directory.Record!.GetOptions<RunOptions>();
        if (options.Distill.AllowLabels || options.Pretrain.AllowLabels)
        {
            throw new AutodidactException(FailureKind.Usage, $"distill.teacher: {run} was trained on labels: name a run that never saw one");
        }

        return options;
    }

    private static Backbone Network(RunContext context, RunEncoder encoder)
    {
        var trained = encoder.Trained ?? throw new InvalidOperationException($"{context.Options.Distill.Method} runs an encoder that is no network of ours");

        // The run's own network is disposed with it; the teacher is the objective's.
        var copy = Architecture.Parse(trained.Input.Architecture).Create(seed: 0);
        ModuleStore.Copy(trained.Network, copy);
        return copy;
    }

    private static int Width(RunContext context)
    {
        using var encoder = PretrainStage.CreateEncoder(context);
        return encoder.FeatureSize;
    }

    private static FeatureMatrix Unlike(int rows, int columns)
    {
        var features = new FeatureMatrix(rows, columns);
        for (var row = 0; row < rows; row++) features[row][row % columns] = 1;
        return features;
    }
}
