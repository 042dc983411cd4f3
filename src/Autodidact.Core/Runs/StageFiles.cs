using Autodidact.Files;

namespace Autodidact.Runs;

/// <summary>The files that a finished stage left: whether they are still what they were.</summary>
internal static class StageFiles
{
    /// <summary>Records a stage with the sizes and checksums of its files.</summary>
    /// <param name="root">The run directory.</param>
    /// <param name="inputs">Fingerprint of what the stage was given.</param>
    /// <param name="took">How long it took.</param>
    /// <param name="outputs">Full paths of its files.</param>
    public static StageRecord Record(string root, string inputs, TimeSpan took, IEnumerable<string> outputs)
    {
        var files = outputs.ToDictionary(path => Path.GetRelativePath(root, path).Replace('\\', '/'), path => path);
        return new StageRecord(
            inputs, DateTimeOffset.UtcNow, took.TotalSeconds, files.ToDictionary(f => f.Key, f => new FileInfo(f.Value).Length))
        {
            Checksums = files.ToDictionary(f => f.Key, f => FileChecksum.Compute(f.Value)),
        };
    }

    /// <summary>The first file of a stage that is not what it was, with the reason; null where all are whole.</summary>
    /// <param name="root">The run directory.</param>
    /// <param name="stage">The stage.</param>
    public static (string Path, string Problem)? Damage(string root, StageRecord stage)
    {
        foreach (var name in stage.Outputs.Keys)
        {
            if (Problem(root, stage, name) is { } problem) return (Path.Combine(root, name), problem);
        }

        return null;
    }

    /// <summary>Why a file is not what its stage left; null where it is.</summary>
    /// <param name="root">The run directory.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="name">Path of the file, relative to the run directory.</param>
    public static string? Problem(string root, StageRecord stage, string name)
    {
        var file = new FileInfo(Path.Combine(root, name));
        if (!file.Exists) return "missing";
        if (file.Length != stage.Outputs[name]) return $"{file.Length} bytes, {stage.Outputs[name]} were written";
        try
        {
            return stage.Checksums?.GetValueOrDefault(name) is { } checksum && FileChecksum.Of(file.FullName) != checksum
                ? "its content is not what was written"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return OneLine.From(e.Message);
        }
    }
}
