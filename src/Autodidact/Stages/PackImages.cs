using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Images;
using Autodidact.Native;
using Autodidact.Runs;

namespace Autodidact.Stages;

/// <summary>Packs the images of a run, or finds the packs of an earlier one.</summary>
internal static class PackImages
{
    private const int FewestImages = 2;

    /// <summary>Packs the images.</summary>
    /// <param name="options">Which images, and how.</param>
    /// <param name="setAside">Whether a part was set aside for evaluation when the run began; null decides now.</param>
    /// <param name="images">Images that a program hands over itself; null reads those that the options name.</param>
    /// <param name="tell">Takes events for the user.</param>
    /// <param name="cancellationToken">Stops without leaving anything broken.</param>
    /// <exception cref="AutodidactException">The data is missing, empty or unreadable, or the disk is full.</exception>
    public static PackedData Run(
        RunOptions options, bool? setAside, ProgramImages? images, Action<RunEvent> tell, CancellationToken cancellationToken)
    {
        tell(new StageStarted(Stage.Prepare, "packing images", 0));
        var progress = new Relay(tell);
        var request = Request(options) with { SetAside = setAside, Images = images, FewestTrainImages = FewestImages };
        var target = DataPreparer.Prepare(request, progress, cancellationToken);
        PreparedData? pretrain = null;
        try
        {
            pretrain = options.Data.Pretrain is { } source
                ? DataPreparer.Prepare(PretrainRequest(request, source), progress, cancellationToken)
                : null;
            var data = new PackedData(target, pretrain, options.Data.Holdout);
            Require(options.Data.Source, target, data.TrainPositions, data.HeldOutPositions);
            if (pretrain is not null) Require(options.Data.Pretrain!, pretrain, data.PretrainPositions, data.PretrainHeldOut);
            return data;
        }
        catch
        {
            pretrain?.Dispose();
            target.Dispose();
            throw;
        }
    }

    /// <summary>Packs some of the images, to see what a run over all of them would take.</summary>
    /// <param name="options">Which images, and how.</param>
    /// <param name="folder">Where the packs go.</param>
    /// <param name="seconds">About how long it may take.</param>
    /// <param name="most">Most training images.</param>
    /// <param name="cancellationToken">Stops without leaving anything broken.</param>
    /// <returns>The packed images, and the samples they come from; the second is null where one set serves both trainings.</returns>
    /// <exception cref="AutodidactException">The data is missing, empty or unreadable, or the disk is full.</exception>
    public static (PackedData Data, DataSample Target, DataSample? Pretrain) Sample(
        RunOptions options, string folder, double seconds, int most, CancellationToken cancellationToken)
    {
        var request = Request(options) with { CacheDirectory = folder };
        var target = DataPreparer.Sample(request, seconds, most, cancellationToken);
        DataSample? pretrain = null;
        try
        {
            if (options.Data.Pretrain is { } source)
                pretrain = DataPreparer.Sample(PretrainRequest(request, source), seconds, most, cancellationToken);
            return (new PackedData(target.Data, pretrain?.Data, options.Data.Holdout), target, pretrain);
        }
        catch
        {
            pretrain?.Data.Dispose();
            target.Data.Dispose();
            throw;
        }
    }

    /// <summary>Says what was packed, and what a user should know about it.</summary>
    /// <param name="data">The packed images.</param>
    /// <param name="elapsed">Time it took.</param>
    public static IEnumerable<RunEvent> Report(PackedData data, TimeSpan elapsed)
    {
        var (train, evaluation) = (data.Target.Train.Count, data.Target.Evaluation?.Count ?? 0);
        yield return new StageCompleted(
            Stage.Prepare, elapsed, false, $"{train} training images, {evaluation} evaluation images, {data.Skipped} skipped");
        foreach (var note in data.Target.Notes) yield return new Notice(note);
        if (ReferenceEquals(data.Pretrain, data.Target)) yield break;
        foreach (var note in data.Pretrain.Notes) yield return new Notice(note);
    }

    /// <summary>The packed target images of a run that exists, to look at: found where earlier runs left them, or packed again.</summary>
    /// <param name="options">The run's options.</param>
    /// <param name="record">Its record.</param>
    /// <param name="cancellationToken">Stops without leaving anything broken.</param>
    /// <exception cref="AutodidactException">They are not there any more, or not those the run was made on.</exception>
    public static PreparedData Reopen(RunOptions options, RunRecord record, CancellationToken cancellationToken)
    {
        var data = DataPreparer.Prepare(Request(options) with { SetAside = record.SetAside }, null, cancellationToken);
        if (Matches("train", data.Train) && Matches("eval", data.Evaluation)) return data;
        data.Dispose();
        throw new AutodidactException(FailureKind.Data, $"{options.Data.Source}: the images are not those this run was made on");

        bool Matches(string role, PackedImages? images) =>
            record.Data.TryGetValue(role, out var recorded) == images is not null
                && (images is null || recorded!.Fingerprint == images.Fingerprint);
    }

    /// <summary>The run's record with its data noted.</summary>
    /// <param name="record">The record so far.</param>
    /// <param name="options">Names the data.</param>
    /// <param name="data">The packed images.</param>
    /// <exception cref="AutodidactException">The images are not those the run began with; kind Data.</exception>
    public static RunRecord Note(RunRecord record, RunOptions options, PackedData data)
    {
        var noted = new Dictionary<string, DataRecord> { ["train"] = Of(options.Data.Source, data.Target.Train) };
        if (data.Target.Evaluation is { } evaluation) noted["eval"] = Of(options.Data.Evaluation ?? options.Data.Source, evaluation);
        if (options.Data.Pretrain is { } pretrain) noted["pretrain"] = Of(pretrain, data.Pretrain.Train);
        foreach (var (role, now) in noted)
        {
            if (record.Data.TryGetValue(role, out var before) && before.Fingerprint != now.Fingerprint)
            {
                throw new AutodidactException(
                    FailureKind.Data,
                    $"{now.Source}: the {role} images are not those this run began with "
                    + $"({before.Images} then, {now.Images} now): restore them, or choose another --out");
            }
        }

        return record with { Data = noted, SetAside = data.Target.SetAside };
    }

    /// <summary>Refuses a set of which too few images are left to train on.</summary>
    private static void Require(string source, PreparedData data, int[] train, int[] heldOut)
    {
        if (train.Length >= FewestImages) return;
        throw heldOut.Length == 0
            ? DataPreparer.TooFew(source, train.Length, FewestImages, data.Train.Skipped)
            : new AutodidactException(
                FailureKind.Data,
                $"{source}: {Plural.Of(train.Length, "image")} to train on, with {heldOut.Length} held out (--holdout): "
                + $"at least {FewestImages} are needed, and some hundreds to learn anything");
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

    /// <summary>
    /// The set to pre-train on: all of it, since only the monitor measures on it. The monitor takes the set's own labels; a file names the
    /// target's.
    /// </summary>
    private static DataRequest PretrainRequest(DataRequest target, string source) => target with
    {
        Data = source,
        EvaluationData = null,
        WithEvaluation = false,
        Labels = DataOptions.IsLabelFile(target.Labels.ToString()) ? LabelSource.None : target.Labels,
    };

    private static DataRecord Of(string source, PackedImages pack) => new(source, pack.Fingerprint, pack.Path, pack.Count);

    private sealed class Relay(Action<RunEvent> tell) : IProgress<PackProgress>
    {
        public void Report(PackProgress value) =>
            tell(new StageProgress(Stage.Prepare, value.Done, value.Total ?? 0, $"{value.Done} images packed", null));
    }
}
