using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Pipeline;

/// <summary>Takes stages from earlier runs that were given the same: equal fingerprints decide, and nothing else.</summary>
internal static class StageSharing
{
    /// <summary>Stages worth taking, in order; a measurement belongs to its own run.</summary>
    public static IReadOnlyList<Stage> Shared { get; } = [Stage.Pretrain, Stage.Cluster, Stage.Distill];

    /// <summary>Options that only later stages read: the length of pre-training does not depend on them.</summary>
    private static readonly string[] Later = ["cluster.", "distill.", "evaluate.", "export."];

    /// <summary>
    /// Takes the number of pre-training steps from a run of the same budget, data and pre-training. Measured again, it would differ by a
    /// few steps, and so would the encoder.
    /// </summary>
    public static void TakeSteps(RunSession session, IReadOnlyList<string> earlierRuns)
    {
        var (record, key) = (session.Record, Stage.Pretrain.Key());
        if (record.Steps.ContainsKey(key) || !session.Options.Pretrain.Trains || session.Options.Pretrain.Epochs > 0)
        {
            return;
        }

        foreach (var run in Readable(earlierRuns))
        {
            if (run.Record is { } other
                && other.Steps.TryGetValue(key, out var steps)
                && SameImages(record, other)
                && SamePretraining(session.Options, other))
            {
                session.Directory.Write(record.WithSteps(key, steps));
                return;
            }
        }
    }

    /// <summary>Takes every stage that an earlier run finished with the same fingerprint.</summary>
    public static void Adopt(RunSession session, IReadOnlyList<string> earlierRuns)
    {
        var runs = Readable(earlierRuns).ToList();
        var fingerprints = new RunFingerprints(session);
        foreach (var stage in Shared)
        {
            var (key, fingerprint) = (stage.Key(), fingerprints.Of(stage));
            if (session.Directory.IsComplete(key, fingerprint))
            {
                continue;
            }

            if (runs.Find(run => run.IsComplete(key, fingerprint)) is not { } found)
            {
                break;
            }

            StageEntry.Begin(session, stage, fingerprint);
            TakeFigures(session, stage, found);
            session.Directory.Adopt(found, key, fingerprint);
            new Training.CheckpointStore(session.Paths.Checkpoints, key).Clear();
            session.Account(Stage.Prepare);
            session.Notice($"{key}: taken from {Path.GetFileName(found.Paths.Root)}, which was given the same");
        }

        if (new[] { Stage.Pretrain, Stage.Cluster }.All(stage => session.Directory.IsComplete(stage.Key(), fingerprints.Of(stage))))
        {
            Baselines.Adopt(session, runs);
        }
    }

    /// <summary>Takes the log and the notes of the stage. This run measures the scores of its result itself.</summary>
    private static void TakeFigures(RunSession session, Stage stage, RunDirectory from)
    {
        var key = stage.Key();
        session.Log.DropAfter(key, 0);
        foreach (var entry in MetricsLog.Read(from.Paths.Metrics).Where(e => e.Stage == key))
        {
            session.Log.Append(entry);
        }

        var noted = File.Exists(from.Paths.Summary) ? Summary.Load(from.Paths.Summary) : new Summary();
        session.Measurements.Update(own => own.TakingNotes(key, noted));
    }

    private static bool SameImages(RunRecord one, RunRecord other) =>
        Fingerprints(one).SequenceEqual(Fingerprints(other));

    private static IEnumerable<(string Role, string Fingerprint)> Fingerprints(RunRecord record) =>
        record.Data.Where(d => d.Key != "eval").OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => (d.Key, d.Value.Fingerprint));

    private static bool SamePretraining(RunOptions options, RunRecord other)
    {
        try
        {
            return OptionBinder.Diff(options, other.RunOptions())
                .All(d => d.Name is "preset" or "device" || Later.Any(part => d.Name.StartsWith(part, StringComparison.Ordinal)));
        }
        catch (AutodidactException)
        {
            // Written by another version: nothing to take from it.
            return false;
        }
    }

    private static IEnumerable<RunDirectory> Readable(IReadOnlyList<string> runs)
    {
        foreach (var path in runs)
        {
            RunDirectory run;
            try
            {
                run = RunDirectory.Open(path);
            }
            catch (AutodidactException)
            {
                continue;
            }

            yield return run;
        }
    }
}
