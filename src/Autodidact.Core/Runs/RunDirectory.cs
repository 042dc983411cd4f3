using System.Text;
using System.Text.Json;
using Autodidact.Files;
using Autodidact.Options;

namespace Autodidact.Runs;

/// <summary>
/// One run on disk: where its artefacts lie, what it was asked for, and what is finished. The process that trains in it holds it
/// exclusively; readers need no permission.
/// </summary>
internal sealed class RunDirectory : IDisposable
{
    private readonly FileStream? _lock;
    private RunRecord? _record;

    private RunDirectory(RunPaths paths, FileStream? heldLock)
    {
        Paths = paths;
        _lock = heldLock;
        if (File.Exists(paths.Run)) _record = ReadRecord(paths.Run);
    }

    /// <summary>Where each artefact lies.</summary>
    public RunPaths Paths { get; }

    /// <summary>Whether this process may write here.</summary>
    public bool IsHeld => _lock is not null;

    /// <summary>The content of <c>run.json</c>; null in a directory that was created and not yet written to.</summary>
    public RunRecord? Record => _record;

    /// <summary>Whether a directory holds a run.</summary>
    /// <param name="path">The directory.</param>
    public static bool Exists(string path) => File.Exists(new RunPaths(path).Run);

    /// <summary>
    /// Takes a run directory for training, creating it where missing. Dispose it to let others in; death of the process does so too.
    /// </summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="AutodidactException">Another process trains in it, or it holds other things than a run.</exception>
    public static RunDirectory Acquire(string path)
    {
        var paths = new RunPaths(path);
        if (File.Exists(paths.Root))
            throw new AutodidactException(FailureKind.Usage, $"{path} is a file; name a directory for the run");
        Make(path);
        if (!File.Exists(paths.Run) && !File.Exists(paths.Lock) && Directory.EnumerateFileSystemEntries(paths.Root).Any())
            throw new AutodidactException(
                FailureKind.Usage, $"{path} is not empty and holds no run.json; name a new directory, or an earlier run's");
        var heldLock = TryLock(paths.Lock)
            ?? throw new AutodidactException(
                FailureKind.Usage, $"another process is working in {path}; wait for it, or name another directory");
        try
        {
            FolderSwap.Repair(paths.Model);
            AtomicFile.RemoveAllLeftovers(paths.Root);
            RequireRecord(path, paths);
            return new RunDirectory(paths, heldLock);
        }
        catch
        {
            heldLock.Dispose();
            throw;
        }
    }

    /// <summary>Opens an existing run for reading; it may be in training at the same time.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="AutodidactException">There is no run in it.</exception>
    public static RunDirectory Open(string path) => Exists(path)
        ? new RunDirectory(new RunPaths(path), heldLock: null)
        : throw new AutodidactException(
            FailureKind.Data, $"{path} holds no run (run.json is missing); name a directory that `autodidact run` made");

    /// <summary>Replaces <c>run.json</c>, atomically. What it says of <c>summary.json</c> stays.</summary>
    /// <param name="record">The new content.</param>
    public void Write(RunRecord record) => Write(record, _record?.SummaryChecksums);

    /// <summary>
    /// Replaces <c>summary.json</c>, atomically, and records its checksum. The record is written first and keeps the checksum of the old
    /// file, so that a process that is killed between the two leaves no file that seems damaged.
    /// </summary>
    /// <param name="summary">The new content.</param>
    public void WriteSummary(Summary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        var record = _record ?? throw new InvalidOperationException("run.json must be written before a summary can be");
        var text = summary.FileText();
        string[] now = [FileChecksum.Of(Encoding.UTF8.GetBytes(text))];
        Write(record, OldSummary() is { } old && old != now[0] ? [old, .. now] : now);
        AtomicFile.WriteText(Paths.Summary, text);
    }

    private void Write(RunRecord record, IReadOnlyList<string>? summaryChecksums)
    {
        RequireHeld();
        record = record with { SummaryChecksums = summaryChecksums };
        AtomicFile.Write(Paths.Run, stream => JsonSerializer.Serialize(stream, record, OptionJson.SerializerOptions));
        _record = record;
    }

    /// <summary>
    /// Whether a stage can be skipped: it finished with the same inputs, and everything it left is still there, unchanged. Partial work is
    /// the checkpoints' business, not this one's.
    /// </summary>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="inputs">Fingerprint of what it would be given now.</param>
    public bool IsComplete(string stage, string inputs) =>
        _record is not null
        && _record.Stages.TryGetValue(stage, out var finished)
        && finished.Inputs == inputs
        && StageFiles.Damage(Paths.Root, finished) is null;

    /// <summary>
    /// Says which file of a finished stage is not what the stage left, and how; null where all are, or it is not finished.
    /// </summary>
    /// <param name="stage">Name of the stage.</param>
    public string? Damage(string stage) =>
        _record?.Stages.GetValueOrDefault(stage) is { } finished && StageFiles.Damage(Paths.Root, finished) is var (path, problem)
            ? $"{path} is damaged ({problem})"
            : null;

    /// <summary>Refuses a file that is not what its stage left; one that no stage left passes.</summary>
    /// <param name="path">Full path of the file.</param>
    /// <exception cref="AutodidactException">It is damaged; kind Data.</exception>
    public void RequireWhole(string path)
    {
        var name = Path.GetRelativePath(Paths.Root, path).Replace('\\', '/');
        foreach (var (key, stage) in _record?.Stages ?? new Dictionary<string, StageRecord>())
        {
            if (stage.Outputs.ContainsKey(name) && StageFiles.Problem(Paths.Root, stage, name) is { } problem)
            {
                throw new AutodidactException(
                    FailureKind.Data, $"{path} is damaged ({problem}): `autodidact {key} {Paths.Root}` makes it anew");
            }
        }
    }

    /// <summary>Records a stage as finished.</summary>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="inputs">Fingerprint of what it was given.</param>
    /// <param name="took">How long it took, over all its sessions.</param>
    /// <param name="outputs">Full paths of the files it left inside this directory.</param>
    public void Complete(string stage, string inputs, TimeSpan took, params IEnumerable<string> outputs)
    {
        var record = _record ?? throw new InvalidOperationException("run.json must be written before a stage can finish");
        Write(record.WithStage(stage, StageFiles.Record(Paths.Root, inputs, took, outputs)));
    }

    /// <summary>
    /// Takes a finished stage over from another run, with copies of what it left, if it was given the same inputs there. It counts as
    /// finished here and has taken no time of this run's; its record says where it was computed.
    /// </summary>
    /// <param name="other">The other run.</param>
    /// <param name="stage">Name of the stage.</param>
    /// <param name="inputs">Fingerprint of what the stage would be given here.</param>
    /// <returns>False, and nothing is changed, if the stage is not finished there or was given something else.</returns>
    /// <exception cref="AutodidactException">The disk is full or refuses; kind Environment.</exception>
    public bool Adopt(RunDirectory other, string stage, string inputs)
    {
        ArgumentNullException.ThrowIfNull(other);
        RequireHeld();
        var record = _record ?? throw new InvalidOperationException("run.json must be written before a stage can be taken over");
        if (!other.IsComplete(stage, inputs)) return false;
        var finished = other.Record!.Stages[stage];
        foreach (var name in finished.Outputs.Keys)
            AtomicFile.Write(Path.Combine(Paths.Root, name), stream =>
            {
                using var source = RegularFile.Open(Path.Combine(other.Paths.Root, name));
                source.CopyTo(stream);
            });

        // Last, so that a process killed while copying leaves a stage that is not finished.
        Write(record.WithStage(stage, finished with { From = finished.From ?? other.Paths.Root }) with
        {
            EncoderDigest = record.EncoderDigest ?? other.Record.EncoderDigest,
            TeacherDigest = record.TeacherDigest ?? other.Record.TeacherDigest,
        });
        return true;
    }

    /// <summary>Lets other processes in.</summary>
    public void Dispose() => _lock?.Dispose();

    private static RunRecord ReadRecord(string path)
    {
        try
        {
            var json = RegularFile.ReadAll(path, RegularFile.MostRecordBytes);
            var record = JsonInput.Read<RunRecord>(json, RunRecord.CurrentSchema, OptionJson.Reading, Bad);
            return record.Problem() is { } problem ? throw Bad(problem) : record;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, "cannot be read", exception);
        }

        AutodidactException Bad(string problem) => new(
            FailureKind.Data, $"{path} cannot be read as a run's record: {problem}: put it right, or name another directory");
    }

    /// <summary>A new run would write over the artefacts of one whose record is gone.</summary>
    private static void RequireRecord(string path, RunPaths paths)
    {
        if (!File.Exists(paths.Run) && Directory.EnumerateFileSystemEntries(paths.Root).Any(entry => entry != paths.Lock))
            throw new AutodidactException(
                FailureKind.Usage,
                $"{path} holds the work of a run, and its record run.json is missing: put it back, or name another directory");
    }

    private static void Make(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, "cannot be made", exception);
        }
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return LockFile.TryTake(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(path, "cannot be written", exception);
        }
    }

    private static AutodidactException Refused(string path, string what, Exception cause) =>
        new(FailureKind.Environment, $"{path} {what} ({DiskFailure.Reason(cause)}): check the path and its permissions", cause);

    /// <summary>Checksum of the summary that lies there; null where there is none, or one that this run did not write.</summary>
    private string? OldSummary()
    {
        if (!File.Exists(Paths.Summary)) return null;
        try
        {
            var checksum = FileChecksum.Compute(Paths.Summary);
            return _record!.SummaryChecksums?.Contains(checksum) != false ? checksum : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What cannot be read is replaced.
            return null;
        }
    }

    private void RequireHeld()
    {
        if (!IsHeld) throw new InvalidOperationException($"{Paths.Root} was opened for reading; {nameof(Acquire)} it to write");
    }
}
