using System.Diagnostics;
using System.Runtime.InteropServices;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Options;
using Autodidact.Planning;
using Autodidact.Plugins;
using Autodidact.Ranks.Mpi;
using Autodidact.Runs;
using Autodidact.Stages;
using Autodidact.Training;

namespace Autodidact.Pipeline;

/// <summary>The end of a run, or of one stage of it.</summary>
/// <param name="Directory">The run directory.</param>
/// <param name="Summary">Its results so far.</param>
/// <param name="AlreadyFinished">True if nothing was left to do.</param>
internal sealed record RunResult(string Directory, Summary Summary, bool AlreadyFinished);

/// <summary>
/// The whole chain over one run directory: images, encoder, pseudo-labels, student, measurement. Every stage reads the artefact of the one
/// before and leaves its own. A run may be stopped anywhere and repeated: finished stages are skipped.
/// </summary>
internal static class RunPipeline
{
    private const string DeviceOption = "device";
    private static readonly Stage[] Order = [Stage.Pretrain, Stage.Cluster, Stage.Distill, Stage.Evaluate];

    /// <summary>
    /// Runs everything that is left, or one stage. A stage that an earlier run was given exactly the same is taken from there: its
    /// artefacts are copied, and it counts as done earlier. Where a budget decides the length of pre-training, the number of steps is taken
    /// over too.
    /// </summary>
    /// <param name="request">
    /// The user's request. With <see cref="RunRequest.Out"/> naming an existing run, it must ask for the same.
    /// </param>
    /// <param name="images">Images that a program hands over itself; null reads those that the request names.</param>
    /// <param name="earlierRuns">Run directories to look in, those to be preferred first; what cannot be read is passed over.</param>
    /// <param name="tell">Told about progress, on the calling thread.</param>
    /// <param name="only">Run only this stage; those before it must be finished.</param>
    /// <param name="cancellationToken">Stops after the running step; training saves a checkpoint first.</param>
    /// <exception cref="AutodidactException">Anything a user can act on.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what was done is saved.</exception>
    public static RunResult Run(
        RunRequest request,
        ProgramImages? images,
        IReadOnlyList<string> earlierRuns,
        Action<RunEvent> tell,
        Stage? only,
        CancellationToken cancellationToken)
    {
        CurrentDirectory.Require();
        request = request.WithFullPaths();
        var path = request.Out ?? RunNumbering.Next(request.ValueOf("data.source") ?? new DataOptions().Source);
        var made = !Directory.Exists(path);
        var directory = RunDirectory.Acquire(path);
        try
        {
            return Run(request, images, earlierRuns, directory, tell, only, cancellationToken);
        }
        catch (Exception e)
        {
            // An interrupted run goes on by its directory alone, which holds what was asked for.
            var refused = directory.Record is null
                || (directory.Record.Data.Count == 0 && e is not OperationCanceledException)
                || (directory.Record.Stages.Count == 0 && e is AutodidactException { Kind: FailureKind.Usage or FailureKind.Data });
            directory.Dispose();
            if (made && refused)
            {
                // Nothing came of it, a mistyped path say: the corrected command must not find a run with other options in its way.
                Directory.Delete(directory.Paths.Root, recursive: true);
            }

            // A full disk, say, is thrown by the system: callers of the library catch one type.
            if (Failure.Of(e) is { } known && known != e) throw known;
            throw;
        }
    }

    private static RunResult Run(
        RunRequest request,
        ProgramImages? images,
        IReadOnlyList<string> earlierRuns,
        RunDirectory directory,
        Action<RunEvent> tell,
        Stage? only,
        CancellationToken cancellationToken)
    {
        var before = directory.Record;
        var asked = Agreed(request, directory, only, out var changed);
        var options = asked with { Device = SettledDevice(asked.Device, before) };
        if (options.Plugin is { } plugin) tell(new Notice(MethodPlugin.Load(plugin).Notice));

        // A missing file shows here, before seconds of choosing threads and minutes of packing.
        AdoptedFiles.Digest(options.Pretrain, before?.EncoderDigest);
        TorchRuntime.Initialize();
        if (before is null) directory.Write(NewRecord(request, asked));
        var clock = Stopwatch.StartNew();
        var data = Pack(options, images, directory, changed, only, tell, cancellationToken);
        var packing = clock.Elapsed;
        try
        {
            SetUpTensors(options, directory, before, tell);
        }
        catch
        {
            data.Dispose();
            throw;
        }

        using var session = new RunSession(options, directory, data, tell);
        StageSharing.TakeSteps(session, earlierRuns);
        var costs = new RunCosts(options, data, session.Encoder, session.Ranks, session.Paths, cancellationToken);
        RunBudget.Freeze(session, packing, costs);
        session.Account(Stage.Prepare, packing);
        StageSharing.Adopt(session, earlierRuns);
        if (only is null)
        {
            RunForecast.Note(session, costs);
            session.Account(Stage.Prepare);
        }

        try
        {
            var skippedAll = RunStages(session, only, cancellationToken);
            if (skippedAll) RequireSummary(session);
            return new RunResult(session.Paths.Root, session.Measurements.Summary, skippedAll);
        }
        catch (AutodidactException e) when (changed is not null && e.Kind is FailureKind.Usage or FailureKind.Data)
        {
            // A stage that cannot be done with the options asked for changes nothing: the next command must not find them in the record.
            directory.Write(directory.Record! with
            {
                Options = before!.Options,
                Request = before.Request,
                Steps = before.Steps,
                Data = before.Data,
                Plans = before.Plans,
                Forecast = before.Forecast,
            });
            throw;
        }
    }

    /// <summary>Runs everything that is left, or one stage, for which those before it must be finished.</summary>
    /// <returns>Whether nothing was left to do.</returns>
    private static bool RunStages(RunSession session, Stage? only, CancellationToken cancellationToken)
    {
        var runner = new StageRunner(session);
        var skippedAll = true;
        if (only == Stage.Export) RequireSummary(session);
        foreach (var stage in only == Stage.Export ? [.. Order, Stage.Export] : Order)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (only is null || stage == only)
            {
                skippedAll &= !runner.Run(stage, force: only is not null, cancellationToken);
            }
            else if (stage < only && !runner.IsDone(stage))
            {
                var (root, key) = (session.Paths.Root, stage.Key());
                if (session.Directory.Damage(key) is { } damage)
                {
                    throw new AutodidactException(
                        FailureKind.Data,
                        $"{damage}: run 'autodidact {key} {root}' again, or 'autodidact run --out {root}' for all");
                }

                throw new AutodidactException(
                    FailureKind.Usage,
                    $"{root}: stage {key} is not finished: run 'autodidact {key} {root}' first, or 'autodidact run --out {root}' for all");
            }
        }

        return skippedAll;
    }

    /// <summary>Refuses to show, or to hand on, results that are damaged; only measuring makes them again.</summary>
    private static void RequireSummary(RunSession session)
    {
        if (session.Measurements.Damage is not { } damage) return;
        var root = session.Paths.Root;
        throw new AutodidactException(FailureKind.Data, $"{root} is finished, but {damage}: autodidact evaluate {root}");
    }

    /// <summary>
    /// Packs the images and notes them. Changed options count once their data is there: a mistyped path must not stay in the record.
    /// </summary>
    private static PackedData Pack(
        RunOptions options,
        ProgramImages? images,
        RunDirectory directory,
        RunRecord? changed,
        Stage? only,
        Action<RunEvent> tell,
        CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var record = changed ?? directory.Record!;
        var data = PackTogether.Lead(
            directory.Paths.Root, record, () => PackImages.Run(options, record.SetAside, images, tell, cancellationToken), tell);
        try
        {
            // Too many clusters would show after hours of pre-training otherwise.
            ClusterFeatures.ClusterCount(options.Cluster, data.Target.Train.Count);
            StepMemory.Require(options, data, EncoderSetup.Input(options, data), record, only);
            record = PackImages.Note(record, options, data);
            IEnumerable<SkippedImage> skipped =
                ReferenceEquals(data.Target, data.Pretrain) ? data.Target.Skipped : [.. data.Target.Skipped, .. data.Pretrain.Skipped];
            SkippedCsv.Write(directory.Paths.Skipped, skipped);
            directory.Write(record);
            foreach (var told in PackImages.Report(data, clock.Elapsed)) tell(told);
            return data;
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Settles what the tensor library computes with, and notes the machine.</summary>
    private static void SetUpTensors(RunOptions options, RunDirectory directory, RunRecord? before, Action<RunEvent> tell)
    {
        var threads = TorchThreads.Set(options.Threads > 0 ? options.Threads : ThreadsOf(before));
        if (threads > TorchThreads.Default)
        {
            tell(new Notice(
                $"threads={threads}: the program has {TorchThreads.Default} physical cores here, "
                + "and more threads than cores wait for each other"));
        }

        if (options.Precision == PrecisionOption.Mixed)
        {
            MixedPrecision.Enter(true, TorchDevices.Of(options.Device).type).Dispose();
            if (options.Device == TorchDevices.Cpu && !MixedPrecision.IsFast)
            {
                tell(new Notice(
                    "precision=mixed: this processor does not multiply bfloat16 itself, or does not say so: "
                    + "precision=single may be faster"));
            }
        }

        if (before?.Hardware is not { } hardware)
        {
            directory.Write(directory.Record! with { Hardware = HardwareOf(threads, options) });
        }
        else
        {
            if (hardware.Device != options.Device)
            {
                tell(new Notice(
                    $"this run began on {hardware.Device} and goes on on {options.Device}: its weights will differ in the last bits"));
            }

            var here = options.Device == TorchDevices.Cpu ? threads : 1;
            var (began, goesOn) = (hardware.Ranks ?? hardware.Threads, MpiWorld.Link?.TrainingRanks(options.Threads).All ?? here);
            if (began != goesOn)
            {
                tell(new Notice(
                    $"this run began with {Plural.Of(began, "rank")} and goes on with {goesOn}: its weights will differ in the last bits"));
            }
        }
    }

    /// <summary>
    /// The options to run with. A new run takes those of the request. An existing run keeps its own and refuses a request for others,
    /// unless the stage asked for may change them: then the run's record changes too.
    /// </summary>
    private static RunOptions Agreed(RunRequest request, RunDirectory directory, Stage? only, out RunRecord? changed)
    {
        changed = null;
        if (directory.Record is not { } record)
        {
            return Settled(RunOptions.Resolve(request));
        }

        var recorded = record.OptionsToGoOn();
        recorded.Check([]);
        if (request.Set.Count == 0)
        {
            return recorded;
        }

        // Request is compared with request: a preset that has changed since is no wish of the user's.
        var before = record.GetRequest<RunRequest>();
        var wanted = RunOptions.Resolve(request);
        var differences = OptionBinder.Diff(RunOptions.Resolve(before), wanted).ToList();
        if (differences.RemoveAll(d => d.Name == DeviceOption) > 0)
        {
            // Another machine may have another device.
            recorded = recorded with { Device = wanted.Device };
            record = record with
            {
                Options = OptionJson.ToJson(recorded),
                Request = OptionJson.ToJson(before.With(DeviceOption, wanted.Device)),
            };
            changed = record;
        }

        if (differences.Count == 0)
        {
            return recorded;
        }

        if (only is { } stage and > Stage.Pretrain)
        {
            if (!differences.All(d => StageChange.Allows(stage, d.Name)))
                throw StageChange.Refused(stage, directory.Paths.Root, differences);
            var asked = Settled(differences.Aggregate(recorded, (options, d) => OptionBinder.Set(options, d.Name, d.New)));
            changed = StageChange.Of(record, request, asked, differences);
            return asked;
        }

        throw new AutodidactException(
            FailureKind.Usage,
            $"{directory.Paths.Root} was run with other options "
            + $"({string.Join(", ", differences.Select(d => $"{d.Name}: {d.Old} -> {d.New}"))}): repeat them, or choose another --out");
    }

    /// <summary>
    /// Cores to train with: all that the program may use. A run goes on with those it began with, since its weights depend on them.
    /// </summary>
    internal static int ThreadsOf(RunRecord? before) =>
        before?.Hardware is { } hardware ? Math.Clamp(hardware.Threads, 1, TorchThreads.Default) : TorchThreads.Default;

    /// <summary>Decides once what depends on the machine, for the record.</summary>
    private static RunOptions Settled(RunOptions options) =>
        options with { Precision = Precisions.Settle(options.Precision, SettledDevice(options.Device, before: null)) };

    /// <summary>The device of this process. Processes that train together do so on their processors.</summary>
    private static string SettledDevice(string asked, RunRecord? before)
    {
        if (MpiWorld.Link is not { Size: > 1 } ranks) return TorchDevices.Here.Settle(asked, before?.Hardware?.Device);
        return asked is TorchDevices.Auto or TorchDevices.Cpu
            ? TorchDevices.Cpu
            : throw new AutodidactException(
                FailureKind.Environment,
                $"device={asked}: {ranks.Size} processes train together on processors alone: take device=cpu, or start one process");
    }

    private static HardwareRecord HardwareOf(int threads, RunOptions options) =>
        new(
            BuildInfo.Processor, threads, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20, options.Device,
            RuntimeInformation.RuntimeIdentifier,
            MpiWorld.Link?.TrainingRanks(options.Threads).All ?? (options.Device == TorchDevices.Cpu ? threads : 1));

    private static RunRecord NewRecord(RunRequest request, RunOptions options) => new()
    {
        Options = OptionJson.ToJson(options),
        Request = OptionJson.ToJson(request),
        Seed = options.Seed,
        Created = DateTimeOffset.UtcNow,
        Commit = BuildInfo.Commit,
        Versions = BuildInfo.Versions,
    };
}
