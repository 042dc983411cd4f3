using System.Text.Json.Nodes;
using Autodidact.Artefacts;
using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Runs;

namespace Autodidact.Pipeline;

/// <summary>
/// A directory beside a finished run, in which its models are measured on other images. It holds copies of encoder, clusters and student,
/// and is a run like any other. The finished run stays as it is.
/// </summary>
internal static class RunBeside
{
    private static readonly Stage[] Copied = [Stage.Pretrain, Stage.Cluster, Stage.Distill];

    /// <summary>Whether a request measures on other images, or with other labels, than the run it was made from.</summary>
    /// <param name="run">The run directory.</param>
    /// <param name="request">The request.</param>
    public static bool IsAsked(string run, RunRequest request) =>
        Changes(Read(run), request).Any(change => StageChange.IsMeasured(change.Name));

    /// <summary>The name of the directory where none is given.</summary>
    /// <param name="run">The run directory.</param>
    /// <param name="request">The request.</param>
    public static string NameOf(string run, RunRequest request)
    {
        var changed = Changes(Read(run), request)
            .Where(change => StageChange.IsMeasured(change.Name))
            .Select(change => RunNumbering.NameOf(change.New));
        return $"{Path.TrimEndingDirectorySeparator(run)}-on-{string.Join('-', changed)}";
    }

    /// <summary>Makes the directory, unless it is there.</summary>
    /// <param name="run">The run directory.</param>
    /// <param name="request">What to measure on, and what the run was asked for.</param>
    /// <param name="directory">The directory beside it.</param>
    /// <returns>Whether it was made now.</returns>
    /// <exception cref="AutodidactException">
    /// A stage of the run is not finished, or the request changes more than what is measured; kind Usage.
    /// </exception>
    public static bool Make(string run, RunRequest request, string directory)
    {
        using var from = RunDirectory.Open(run);
        var record = from.Record!;
        if (Copied.FirstOrDefault(stage => !record.Stages.ContainsKey(stage.Key())) is not Stage.Prepare and var missing)
        {
            throw new AutodidactException(
                FailureKind.Usage, $"{run}: stage {missing.Key()} is not finished: go on with it first, by autodidact run --out {run}");
        }

        request = request.WithFullPaths();
        var changes = Changes(record, request);
        if (changes.FirstOrDefault(change => !StageChange.IsMeasured(change.Name) && !StageChange.Allows(Stage.Evaluate, change.Name))
            is { } other)
        {
            throw StageChange.Refused(Stage.Evaluate, run, [other]);
        }

        var options = changes.Aggregate(record.OptionsToGoOn(), (all, change) => OptionBinder.Set(all, change.Name, change.New));
        var changed = StageChange.Of(record, request with { Out = directory }, options, changes);
        var isThere = RunDirectory.Exists(directory);
        if (isThere && !IsHalfMade(directory, changed)) return false;
        using var beside = RunDirectory.Acquire(directory);
        try
        {
            if (!isThere)
            {
                beside.Write(changed with
                {
                    Created = DateTimeOffset.UtcNow,
                    Data = changed.Data.Where(data => data.Key != "eval").ToDictionary(),
                    Plans = new Dictionary<string, StagePlan>(),
                    Seconds = new Dictionary<string, double>(),
                    Stages = new Dictionary<string, StageRecord>(),
                });
            }

            var noted = Measurements.ReadSummary(from.Paths);
            beside.WriteSummary(Copied.Aggregate(new Summary(), (summary, stage) => summary.TakingNotes(stage.Key(), noted)));
            foreach (var stage in Copied) beside.Adopt(from, stage.Key(), record.Stages[stage.Key()].Inputs);
            return true;
        }
        catch
        {
            beside.Dispose();
            if (!isThere) Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <summary>Whether a process was killed while it copied into a directory; one of other options is no business of ours.</summary>
    private static bool IsHalfMade(string directory, RunRecord asked) =>
        Read(directory) is var made
        && JsonNode.DeepEquals(made.Options, asked.Options)
        && !Copied.All(stage => made.Stages.ContainsKey(stage.Key()));

    private static RunRecord Read(string run)
    {
        using var directory = RunDirectory.Open(run);
        return directory.Record!;
    }

    private static IReadOnlyList<OptionDifference> Changes(RunRecord record, RunRequest request) =>
        OptionBinder.Diff(RunOptions.Resolve(record.GetRequest<RunRequest>()), RunOptions.Resolve(request.WithFullPaths()));
}
