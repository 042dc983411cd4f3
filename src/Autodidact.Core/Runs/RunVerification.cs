using Autodidact.Files;

namespace Autodidact.Runs;

/// <summary>Reads all that a run left, and tells what is not what was written.</summary>
internal static class RunVerification
{
    /// <summary>The state of each file of a run; its packs and what is inside an exported model are others' to check.</summary>
    /// <param name="run">The run.</param>
    public static IEnumerable<FileCheck> Of(RunDirectory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var paths = run.Paths;
        yield return FileCheck.Unrecorded(paths.Run, () => { });
        foreach (var name in Stages(run).SelectMany(stage => stage.Outputs.Keys).Distinct())
        {
            yield return File(run, Path.Combine(paths.Root, name))!;
        }

        if (Path.Exists(paths.Summary)) yield return OfSummary(run);
        else if (run.Record?.Stages.ContainsKey(Stage.Evaluate.Key()) == true) yield return FileCheck.Of(paths.Summary, "missing");
        if (Path.Exists(paths.Metrics)) yield return Regular(paths.Metrics, () => MetricsLog.Read(paths.Metrics).Count());
    }

    /// <summary>The state of one file by the record of a run; null where no stage left it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="path">Full path of the file.</param>
    public static FileCheck? File(RunDirectory run, string path)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (Path.GetFullPath(path) == Path.GetFullPath(run.Paths.Summary)) return OfSummary(run);
        var name = Path.GetRelativePath(run.Paths.Root, path).Replace('\\', '/');

        // The stage that wrote last counts: features that were given are written again when they are clustered.
        if (Stages(run).Where(stage => stage.Outputs.ContainsKey(name)).MaxBy(stage => stage.Completed) is not { } last) return null;
        var problem = StageFiles.Problem(run.Paths.Root, last, name);
        return problem is null && last.Checksums?.ContainsKey(name) != true
            ? new FileCheck(path, FileState.Unrecorded)
            : FileCheck.Of(path, problem);
    }

    /// <summary>Refuses a file that lies in a run directory and is not what its stage left; any other passes.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AutodidactException">It is damaged; kind Data.</exception>
    public static void Require(string path)
    {
        var full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } folder || !RunDirectory.Exists(folder)) return;
        RunDirectory run;
        try
        {
            run = RunDirectory.Open(folder);
        }
        catch (AutodidactException)
        {
            // A record that cannot be read says nothing of the file.
            return;
        }

        using (run) run.RequireWhole(full);
    }

    private static FileCheck OfSummary(RunDirectory run)
    {
        var path = run.Paths.Summary;
        var check = Regular(path, () => Summary.Load(path));
        if (check.State != FileState.Unrecorded || run.Record?.SummaryChecksums is not { } known) return check;
        var checksum = FileChecksum.Compute(path);
        if (known.Contains(checksum)) return FileCheck.Of(path, null);

        // A run that is under way may have written both since.
        using var now = RunDirectory.Open(run.Paths.Root);
        return FileCheck.Of(
            path, now.Record?.SummaryChecksums?.Contains(checksum) == true ? null : "its content is not what was written");
    }

    /// <summary>A file of which nothing is recorded: a folder, a pipe or a device in its place is damage.</summary>
    private static FileCheck Regular(string path, Action read)
    {
        try
        {
            RegularFile.Require(path, long.MaxValue);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return FileCheck.Of(path, OneLine.From(e.Message));
        }

        return FileCheck.Unrecorded(path, read);
    }

    private static IEnumerable<StageRecord> Stages(RunDirectory run) => run.Record?.Stages.Values ?? [];
}
