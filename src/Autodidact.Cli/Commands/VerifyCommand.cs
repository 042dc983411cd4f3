using System.CommandLine;
using System.Text.Json;
using Autodidact.Cli.Rendering;
using Autodidact.Files;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Options;
using Autodidact.Runs;
using Autodidact.Serialization;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact verify PATH...</c>: whether files are what was written.</summary>
internal static class VerifyCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command(
            "verify", "Read runs, packs, indexes and models to their ends, and tell which files are not what was written (status 3).");
        var paths = new Argument<string[]>("PATH")
        {
            Description = "run directory, folder of an exported model, pack, index (F.npy), or a file of a run",
            Arity = ArgumentArity.OneOrMore,
        };
        RequestFlags.RefuseOptions(paths);
        var json = new Option<bool>("--json") { Description = "print the files as JSON" };
        command.Add(paths);
        command.Add(json);
        command.SetAction(parsed =>
        {
            using var interruption = new Interruption(host.HandlesSignals, host.Error.WriteLine, "stopping");
            var asJson = parsed.GetValue(json);
            var checks = new List<FileCheck>();
            foreach (var check in parsed.GetValue(paths)!.SelectMany(path => Checks(path, interruption.Token)))
            {
                interruption.Token.ThrowIfCancellationRequested();
                checks.Add(check);
                if (!asJson) host.WriteLine(Line(check));
                if (check.State == FileState.Unrecorded && IsIndex(check.Path)) host.Error.WriteLine(SearchCommand.Unchecked(check.Path));
            }

            if (asJson) host.WriteJson(JsonSerializer.Serialize(checks, OptionJson.SerializerOptions));
            var damaged = checks.Count(check => check.State == FileState.Damaged);
            if (damaged == 0) return ExitStatus.Done;
            host.Error.WriteLine($"autodidact: {damaged} of {Plural.Of(checks.Count, "file")} damaged");
            return ExitStatus.Data;
        });
        return ExamplesHelp.With(
            command,
            "autodidact verify runs/mine",
            "autodidact verify pictures.npy runs/mine/model --json");
    }

    /// <summary>One path that cannot be read costs only itself.</summary>
    private static IReadOnlyList<FileCheck> Checks(string path, CancellationToken cancellationToken)
    {
        try
        {
            return [.. RunDirectory.Exists(path) ? OfRun(path, cancellationToken)
                : ModelManifest.Exists(path) ? OfModel(path)
                : OfFile(path, cancellationToken)];
        }
        catch (AutodidactException e)
        {
            return [FileCheck.Of(path, e.Message)];
        }
    }

    private static IReadOnlyList<FileCheck> OfFile(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path)) return [FileCheck.Of(path, "neither a run nor an exported model: name one of these, or a file")];
        if (!Path.Exists(path)) return [FileCheck.Of(path, "no such file: check the path")];
        if (Unreadable(path) is { } problem) return [FileCheck.Of(path, problem)];
        if (Recorded(path) is { } recorded) return [OrItsOwn(recorded, cancellationToken)];
        if (Path.GetFileName(path) == ModelManifest.FileName) return [OfManifest(path)];
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".pack" => [PackVerification.Of(path, cancellationToken)],
            ".npy" => IndexVerification.Of(path),
            ".safetensors" => [SafetensorsVerification.Of(path, cancellationToken)],
            _ => [new FileCheck(path, FileState.Unrecorded)],
        };
    }

    /// <summary>Why a file cannot be opened; null where it can. A pipe or a device is no file, whatever its name says.</summary>
    private static string? Unreadable(string path)
    {
        try
        {
            RegularFile.Require(path, long.MaxValue);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return OneLine.From(e.Message);
        }
    }

    private static IEnumerable<FileCheck> OfRun(string path, CancellationToken cancellationToken)
    {
        using var run = RunDirectory.Open(path);

        // The record of the run counts for its exported model; a model has digests of its own where the record has none.
        var model = ModelManifest.Exists(run.Paths.Model) ? ModelVerification.Of(run.Paths.Model).ToDictionary(c => c.Path) : [];
        foreach (var check in RunVerification.Of(run))
        {
            model.Remove(check.Path, out var own);
            yield return check.State == FileState.Unrecorded && own is not null ? own : OrItsOwn(check, cancellationToken);
        }

        foreach (var file in Checkpoints(run.Paths.Checkpoints))
        {
            // A training that goes on removes its old ones.
            var check = SafetensorsVerification.Of(file, cancellationToken);
            if (check.State != FileState.Damaged || Path.Exists(file)) yield return check;
        }

        foreach (var check in model.Values) yield return check;

        // A pack may have gone: it is made again when it is needed.
        foreach (var pack in run.Record!.Data.Values.Select(data => data.Pack).Distinct().Where(File.Exists))
            yield return PackVerification.Of(pack, cancellationToken);
    }

    private static IEnumerable<string> Checkpoints(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.safetensors").Order(StringComparer.Ordinal)
        : [];

    /// <summary>A file of which the run records no digest may carry one of its own.</summary>
    private static FileCheck OrItsOwn(FileCheck check, CancellationToken cancellationToken) =>
        check.State == FileState.Unrecorded && Path.GetExtension(check.Path) == ".safetensors"
            ? SafetensorsVerification.Of(check.Path, cancellationToken)
            : check;

    /// <summary>The run that exported the model says more than the model itself.</summary>
    private static IEnumerable<FileCheck> OfModel(string folder) =>
        ModelVerification.Of(folder).Select(check => check.State == FileState.Unrecorded ? Recorded(check.Path) ?? check : check);

    /// <summary>Whether a file is the matrix of an index: a run's own features have no keys beside them.</summary>
    private static bool IsIndex(string path) =>
        Path.GetExtension(path).Equals(".npy", StringComparison.OrdinalIgnoreCase) && Path.Exists(EmbeddingIndex.FilesOf(path)[1]);

    private static FileCheck OfManifest(string path) =>
        ModelVerification.Of(Path.GetDirectoryName(Path.GetFullPath(path))!).First() with { Path = path };

    /// <summary>
    /// The state of a file by the record of the run that it lies in; null where it lies in none, or was left by no stage.
    /// </summary>
    private static FileCheck? Recorded(string path)
    {
        var full = Path.GetFullPath(path);
        for (var (folder, depth) = (Path.GetDirectoryName(full), 0); folder is not null && depth < 3; depth++)
        {
            if (RunDirectory.Exists(folder))
            {
                using var run = RunDirectory.Open(folder);
                return RunVerification.File(run, full) is { } check ? check with { Path = path } : null;
            }

            folder = Path.GetDirectoryName(folder);
        }

        return null;
    }

    private static string Line(FileCheck check) => check.State switch
    {
        FileState.Whole => $"whole               {check.Path}",
        FileState.Damaged => $"damaged             {check.Path}: {check.Problem}",
        _ => $"no digest recorded  {check.Path}",
    };
}
