using System.Diagnostics;
using Autodidact.Images;
using Autodidact.Native;
using Autodidact.Runs;

namespace Autodidact.Pipeline;

/// <summary>The packed data of a run.</summary>
internal sealed record RunData(PreparedData Target, PreparedData? Pretrain, TimeSpan Elapsed);

/// <summary>Packs the images of a run, or finds the packs of an earlier one, and checks that a resumed run sees the same images.</summary>
internal static class PrepareStage
{
    public static RunData Run(RunOptions options, RunDirectory directory, IProgress<RunEvent> events, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        events.Report(new StageStarted(Stage.Prepare, "packing images", 0));
        var progress = new Relay(events);
        var request = Request(options) with { SetAside = directory.Record!.SetAside };
        var target = DataPreparer.Prepare(request, progress, cancellationToken);
        PreparedData? pretrain = null;
        try
        {
            pretrain = options.Data.Pretrain is { } source ? DataPreparer.Prepare(PretrainRequest(request, source), progress, cancellationToken) : null;
            Record(options, directory, target, pretrain);
        }
        catch
        {
            pretrain?.Dispose();
            target.Dispose();
            throw;
        }

        var text = $"{target.Train.Count} training images, {target.Evaluation?.Count ?? 0} evaluation images, {target.Skipped.Count + (pretrain?.Skipped.Count ?? 0)} skipped";
        events.Report(new StageCompleted(Stage.Prepare, clock.Elapsed, false, text));
        foreach (var note in target.Notes.Concat(pretrain?.Notes ?? []))
        {
            events.Report(new Notice(note));
        }

        return new RunData(target, pretrain, clock.Elapsed);
    }

    /// <summary>The packed target images of a run that exists, to look at: found where earlier runs left them, or packed again.</summary>
    /// <exception cref="AutodidactException">They are not there any more, or not those the run was made on.</exception>
    public static PreparedData Reopen(RunOptions options, RunRecord record, CancellationToken cancellationToken)
    {
        var data = DataPreparer.Prepare(Request(options) with { SetAside = record.SetAside }, null, cancellationToken);
        if (Matches("train", data.Train) && Matches("eval", data.Evaluation)) return data;
        data.Dispose();
        throw new AutodidactException(FailureKind.Data, $"{options.Data.Source}: the images are not those this run was made on");

        bool Matches(string role, PackedImages? images) => record.Data.TryGetValue(role, out var recorded) == images is not null && (images is null || recorded!.Fingerprint == images.Fingerprint);
    }

    private static DataRequest Request(RunOptions options) => new()
    {
        Data = options.Data.Source,
        EvaluationData = options.Data.Evaluation,
        Labels = LabelSource.Parse(options.Data.Labels),
        ImageSize = options.Data.ImageSize > 0 ? options.Data.ImageSize : null,
        CacheDirectory = Path.Combine(CacheFolder.Path, "packs"),
        Seed = options.Seed,
        TrainImages = options.Data.TrainImages,
        EvaluationShare = options.Data.EvaluationShare,
        JoinEvaluationShare = options.Data.JoinEvaluationShare,
        SyntheticTrainImages = options.Data.SyntheticTrain,
        SyntheticEvaluationImages = options.Data.SyntheticTest,
    };

    /// <summary>The set to pre-train on: all of it, since it is measured by nothing but the monitor, which takes the set's own labels; a file names the target's.</summary>
    private static DataRequest PretrainRequest(DataRequest target, string source) => target with
    {
        Data = source,
        EvaluationData = null,
        WithEvaluation = false,
        Labels = DataOptions.IsLabelFile(target.Labels.ToString()) ? LabelSource.None : target.Labels,
    };

    private static void Record(RunOptions options, RunDirectory directory, PreparedData target, PreparedData? pretrain)
    {
        var data = new Dictionary<string, DataRecord> { ["train"] = Of(options.Data.Source, target.Train) };
        if (target.Evaluation is { } evaluation)
        {
            data["eval"] = Of(options.Data.Evaluation ?? options.Data.Source, evaluation);
        }

        if (pretrain is not null)
        {
            data["pretrain"] = Of(options.Data.Pretrain!, pretrain.Train);
        }

        var record = directory.Record!;
        foreach (var (role, now) in data)
        {
            if (record.Data.TryGetValue(role, out var before) && before.Fingerprint != now.Fingerprint)
            {
                throw new AutodidactException(
                    FailureKind.Data,
                    $"{now.Source}: the {role} images are not those this run began with ({before.Images} then, {now.Images} now): restore them, or choose another --out");
            }
        }

        SkippedCsv.Write(directory.Paths.Skipped, target.Skipped.Concat(pretrain?.Skipped ?? []));
        directory.Write(record with { Data = data, SetAside = target.SetAside });
    }

    private static DataRecord Of(string source, PackedImages pack) => new(source, pack.Fingerprint, pack.Path, pack.Count);

    private sealed class Relay(IProgress<RunEvent> events) : IProgress<PackProgress>
    {
        public void Report(PackProgress value) =>
            events.Report(new StageProgress(Stage.Prepare, value.Done, value.Total ?? 0, $"{value.Done} images packed", null));
    }
}
