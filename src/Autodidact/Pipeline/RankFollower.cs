using System.Text.Json.Nodes;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Native;
using Autodidact.Planning;
using Autodidact.Ranks.Mpi;
using Autodidact.Runs;
using Autodidact.Stages;

namespace Autodidact.Pipeline;

/// <summary>
/// A process that a launcher started beside the first: it takes its part in what the first one begins, and keeps nothing. It
/// reads the run directory, so all machines must see it; images it packs into a cache of its own machine, unless they are there.
/// </summary>
internal static class RankFollower
{
    /// <summary>Whether this process is to follow another.</summary>
    /// <exception cref="AutodidactException">The ranks cannot be connected; kind Environment.</exception>
    public static bool Joins() => MpiWorld.Join() is { Rank: > 0 };

    /// <summary>Takes part until the first process ends.</summary>
    /// <param name="cancellationToken">Stops all ranks after the running step.</param>
    /// <exception cref="OperationCanceledException">The ranks were told to stop.</exception>
    public static void Serve(CancellationToken cancellationToken)
    {
        var link = MpiWorld.Link ?? throw new InvalidOperationException("this process was started alone");
        PackedData? data = null;
        var stopped = false;
        try
        {
            // The first process may export for hours.
            var limit = link.Limit;
            while (true)
            {
                link.Limit = Timeout.InfiniteTimeSpan == limit ? limit : TimeSpan.FromDays(365);
                if (RankTask.Next(link) is not { } task)
                {
                    // The first process waits for this one, and a launcher takes a rank that leaves without a word for a failed one.
                    link.Dispose();
                    if (stopped) throw new OperationCanceledException(cancellationToken);
                    return;
                }
                link.Limit = limit;
                if (task.Work == RankWork.Pack)
                {
                    data?.Dispose();
                    data = PackTogether.Follow(link, () => Pack(task, cancellationToken));
                    stopped |= data is null && cancellationToken.IsCancellationRequested;
                    continue;
                }

                RankProcesses.Together(link, () =>
                {
                    try
                    {
                        Follow(task, link, OptionsOf(RecordOf(task)), data!, cancellationToken);
                    }
                    catch (OperationCanceledException)
                    {
                        // All ranks stop at the same point. The first one says so, and has a checkpoint to write before.
                        stopped = true;
                    }

                    return true;
                });
            }
        }
        finally
        {
            data?.Dispose();
        }
    }

    /// <summary>Lets the other processes end; nothing where this one was started alone.</summary>
    public static void Release()
    {
        if (MpiWorld.Link is not { Rank: 0 } link) return;
        RankTask.End(link);
        link.Dispose();
    }

    private static PackedData Pack(RankTask task, CancellationToken cancellationToken)
    {
        var record = RecordOf(task) with { Options = JsonNode.Parse(task.Options!)!.AsObject() };
        return PackImages.Run(OptionsOf(record), task.SetAside, images: null, _ => { }, cancellationToken);
    }

    private static RunOptions OptionsOf(RunRecord record) => record.OptionsToGoOn() with { Device = TorchDevices.Cpu };

    private static RunRecord RecordOf(RankTask task)
    {
        if (!RunDirectory.Exists(task.Root))
        {
            throw new AutodidactException(
                FailureKind.Environment,
                $"{task.Root} is not there: put --out on a disk that all machines share");
        }

        using var directory = RunDirectory.Open(task.Root);
        return directory.Record!;
    }

    private static void Follow(RankTask task, MpiLink link, RunOptions options, PackedData data, CancellationToken cancellationToken)
    {
        var paths = new RunPaths(task.Root);
        var encoder = new EncoderArtefact(paths, options.Pretrain, EncoderSetup.Input(options, data), link.OwnCores);
        if (task.Work is RankWork.Train or RankWork.Time)
        {
            Train(task, link, options, data, encoder, cancellationToken);
            return;
        }

        RankProcesses.Follow(
            link,
            options.Threads,
            token =>
            {
                Measure(task.Work, paths, options, data, encoder, token);
                return true;
            },
            cancellationToken);
    }

    private static void Train(
        RankTask task, MpiLink link, RunOptions options, PackedData data, EncoderArtefact encoder, CancellationToken cancellationToken)
    {
        var paths = new RunPaths(task.Root);
        var threads = link.TrainingRanks(options.Threads).Own;
        if (task.Work == RankWork.Time)
        {
            using var timed = TrainingTeam.Create(threads, () => task.Stage == Stage.Pretrain
                ? EncoderSetup.Train(options, data, task.Steps)
                : StudentSetup.StandIn(options, data, encoder, task.Steps));
            timed.Join(
                link,
                (ranks, setup) =>
                    StepTimer.CostOf(ranks, setup, options, task.Stage, paths.Checkpoints, task.Planned, cancellationToken));
            return;
        }

        using var model = task.Stage == Stage.Pretrain ? null : encoder.Open();
        var plan = model is null ? null : new StudentPlan(options, data, encoder, model, new ClusteringArtefact(paths));
        using var team = TrainingTeam.Create(threads, () => plan?.Train(task.Steps) ?? EncoderSetup.Train(options, data, task.Steps));
        team.Join(
            link, (ranks, setup) => TrainingTeam.Follow(ranks, setup, options.Evaluate.BatchSize, cancellationToken));
    }

    /// <summary>Makes the first process's calls. Its results are kept, and not these.</summary>
    private static void Measure(
        RankWork work, RunPaths paths, RunOptions options, PackedData data, EncoderArtefact encoder, CancellationToken cancellationToken)
    {
        if (work == RankWork.Cluster)
        {
            ClusterFeatures.Follow(options, data, encoder, cancellationToken);
            return;
        }

        using var model = encoder.Open();
        if (work == RankWork.Baselines)
            MeasureBaselines.Follow(options, data, encoder, model, new ClusteringArtefact(paths), cancellationToken);
        else
            MeasureStudent.Follow(options, data, new StudentArtefact(paths.Student), model.Input, cancellationToken);
    }
}
