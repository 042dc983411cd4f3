using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Evaluation;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Numerics;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>Another run, whose student teaches this run's.</summary>
internal sealed class TeachingRun
{
    private readonly RunOptions _options;
    private readonly PackedData _data;
    private readonly RunPaths _paths;
    private readonly string _run;

    private TeachingRun(string run, RunOptions options, PackedData data)
    {
        (_run, _options, _data) = (run, options, data);
        _paths = new RunPaths(run);
    }

    /// <summary>The run that the options name; null where none does.</summary>
    public static TeachingRun? Of(RunOptions options, PackedData data) =>
        options.Distill.Teacher is { } run ? new TeachingRun(run, options, data) : null;

    /// <summary>
    /// Digest of the file that teaches; empty where none does. A file that went missing is no change until the stage is run again.
    /// </summary>
    /// <param name="options">Names the run.</param>
    /// <param name="recorded">The digest in this run's record; null before the student was trained.</param>
    /// <exception cref="AutodidactException">There is no such file; kind Data.</exception>
    public static string Digest(DistillOptions options, string? recorded)
    {
        if (options.Teacher is not { } run) return "";
        var student = new RunPaths(run).Student;
        if (!File.Exists(student) && recorded is not null) return recorded;
        return FileDigest.Of(Existing(student));
    }

    /// <summary>
    /// Features of the training images by the student that teaches. Its clusters do not matter: only geometry is taken over.
    /// </summary>
    /// <param name="encoder">What this run's encoder sees.</param>
    public FeatureMatrix Features(ModelInput encoder)
    {
        using var student = Load(encoder);
        return FeatureExtractor.ExtractAll(
            student.Network,
            x => [student.Network.forward(x).Features[^1]],
            new PlainPixels(_data.Target.Train, student.Input.ViewSize, student.Input.Normalization),
            _data.TrainPositions,
            _options.Evaluate.BatchSize)[0];
    }

    /// <summary>Length of those features.</summary>
    /// <param name="encoder">What this run's encoder sees.</param>
    public int Width(ModelInput encoder)
    {
        using var student = Load(encoder);
        return student.Network.FeatureSize;
    }

    /// <summary>The student that teaches, which looks at the same views as this run's; owned by the caller.</summary>
    /// <param name="encoder">What this run's encoder sees.</param>
    public MultiExitNetwork Student(ModelInput encoder)
    {
        var expected = StudentInput.Of(_options, _data, encoder);
        var student = Load(encoder);
        if (student.Input.Normalization == expected.Normalization) return student.Network;
        student.Dispose();
        throw new AutodidactException(
            FailureKind.Usage,
            $"distill.teacher: the student of {_run} was trained on pixels normalised by {student.Input.Normalization}, this one's are by "
            + $"{expected.Normalization}: name a run of the same data and encoder");
    }

    /// <summary>
    /// Refuses a student of other clusters. It answers with its own clusters' numbers, so others of the same count would teach nonsense.
    /// </summary>
    /// <param name="own">This run's clusters.</param>
    public void CheckClusters(ClusteringArtefact own)
    {
        CheckLabels();
        if (new StudentArtefact(Existing(_paths.Student)).OwnClusters)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"distill.teacher: the student of {_run} answers with clusters or classes of its own, not with the run's clusters: "
                + "name a run of another method");
        }

        if (File.Exists(_paths.Clusters)) RunVerification.Require(_paths.Clusters);
        var theirs = new ClusteringArtefact(_paths);
        if (!theirs.Exists || !theirs.Assignments.AsSpan().SequenceEqual(own.Assignments))
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"distill.teacher: the student of {_run} was not trained on this run's clusters: name a run of the same data, "
                + "encoder, seed and clusters");
        }
    }

    private static string Existing(string student) => File.Exists(student)
        ? student
        : throw new AutodidactException(
            FailureKind.Data, $"distill.teacher: {student}: no such file: name a run directory whose student is finished");

    /// <summary>Opens the student that teaches; never one that saw labels, nor one whose deepest exit was not trained.</summary>
    private StudentModel Load(ModelInput encoder)
    {
        var file = Existing(_paths.Student);
        RunVerification.Require(file);
        var options = CheckLabels().Distill;
        var student = new StudentArtefact(file).Open(StudentInput.Of(_options, _data, encoder), TorchDevices.Of(_options.Device));
        if (options.OnlyExit(student.Network.ExitCount) is not { } only || only == student.Network.ExitCount - 1) return student;
        student.Dispose();
        throw new AutodidactException(
            FailureKind.Usage,
            $"distill.teacher: the student of {_run} was trained at exit {only + 1} alone, and the deepest teaches: "
            + "name a run whose deepest exit was trained");
    }

    /// <summary>Refuses a run that was trained on labels: they would come in by the back door.</summary>
    /// <returns>The options of the run.</returns>
    private RunOptions CheckLabels()
    {
        using var directory = RunDirectory.Open(_run);
        var options = directory.Record!.RunOptions();
        if (options.Distill.AllowLabels || options.Pretrain.AllowLabels)
        {
            throw new AutodidactException(
                FailureKind.Usage, $"distill.teacher: {_run} was trained on labels: name a run that never saw one");
        }

        return options;
    }
}
