using System.CommandLine;
using Autodidact.Cli.Output;
using Autodidact.Cli.Rendering;
using Autodidact.Configuration;
using Autodidact.Inference;
using Autodidact.Pipeline;
using Autodidact.RunReports;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary>Runs the request of a training command: shows progress, listens for Ctrl-C, prints the result.</summary>
internal static class RunSession
{
    private const string Json = "--json";
    private const string Int8Folder = "int8";

    public static Option<bool> JsonOption() => new(Json) { Description = "print the summary as JSON on stdout, and nothing else there" };

    public static int Execute(CliHost host, RunRequest request, Stage? only, ParseResult parsed)
    {
        if (RankFollower.Joins()) return Follow(host);
        try
        {
            return Lead(host, request, only, parsed);
        }
        finally
        {
            RankFollower.Release();
        }
    }

    /// <summary>A process beside the first, which alone speaks to the user.</summary>
    private static int Follow(CliHost host)
    {
        using var interruption = new Interruption(host.HandlesSignals, _ => { });
        try
        {
            RankFollower.Serve(interruption.Token);
            return ExitStatus.Done;
        }
        catch (OperationCanceledException)
        {
            return ExitStatus.Interrupted;
        }
    }

    private static int Lead(CliHost host, RunRequest request, Stage? only, ParseResult parsed)
    {
        using var view = host.View();
        using var interruption = new Interruption(host.HandlesSignals, view.Say);
        var unwritten = new UnwrittenFiles();
        RunResult result;
        string? report;
        try
        {
            (result, report) = Work(host, request, only, view, unwritten, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            host.Error.WriteLine($"autodidact: interrupted; what is done is kept. Go on with: {CommandAgain(parsed, request)}");
            return ExitStatus.Interrupted;
        }
        if (result.AlreadyFinished) host.Error.WriteLine($"{request.Out} is already finished");
        var status = unwritten.Status(host.Error);
        CliHost.Print(
            $"all is kept in {request.Out}", () => Print(host, request, result, only, report, parsed.GetValue<bool>(Json)));
        return status;
    }

    /// <summary>Runs, shows the progress, and writes the page; prints no result.</summary>
    public static (RunResult Result, string? Report) Work(
        CliHost host, RunRequest request, Stage? only, IRunView view, UnwrittenFiles unwritten, CancellationToken cancellationToken) =>
        view.Show(shown =>
        {
            ThreadRoom.Require();
            var events = unwritten.Watch(shown);
            var ended = host.Pipeline(request, events, cancellationToken, only);
            var paths = new RunPaths(ended.Directory);
            var isShown = ended.AlreadyFinished ? only is null && IsMissing(paths) : only is null or Stage.Evaluate or Stage.Export;
            return (ended, isShown ? WriteReport(host, ended.Directory, events, cancellationToken) : null);
        });

    /// <summary>Whether the page was never written: the process was killed before or while it was.</summary>
    private static bool IsMissing(RunPaths paths) => !File.Exists(paths.Report)
        || File.GetLastWriteTimeUtc(paths.Report) < File.GetLastWriteTimeUtc(paths.Summary);

    /// <summary>
    /// The page at the end of a run. Its results are on the disk by then, so a report that fails is told, and fails nothing.
    /// </summary>
    private static string? WriteReport(CliHost host, string directory, IProgress<RunEvent> events, CancellationToken cancellationToken)
    {
        if (host.Report is not { } write) return null;
        events.Report(new Notice("writing the report"));
        try
        {
            return write(directory, new RunReportOptions(), cancellationToken).Path;
        }
        catch (Exception e) when (Failure.Of(e) is { } known)
        {
            events.Report(new Notice($"no report: {known.Message}"));
            if (known.Kind == FailureKind.Environment) events.Report(new FileNotWritten(new RunPaths(directory).Report));
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run itself is finished.
            events.Report(new Notice($"no report: interrupted; write it with: autodidact report {Quoted(directory)}"));
            return null;
        }
    }

    private static void Print(CliHost host, RunRequest request, RunResult result, Stage? only, string? report, bool json)
    {
        if (json)
        {
            host.WriteJson(result.Summary.ToJson());
            return;
        }
        if (only == Stage.Export)
        {
            var folder = new RunPaths(result.Directory).Model;
            var int8 = Path.Combine(folder, Int8Folder);
            var small = ModelManifest.Exists(int8) ? ModelManifest.Load(int8) : null;
            foreach (var line in ExportTable.Render(ModelManifest.Load(folder), small, folder)) host.WriteLine(line);
            host.WriteLine($"next: autodidact predict {Quoted(result.Directory)} IMAGE...");
            return;
        }

        var data = RunOptions.Resolve(request).Data.Source;
        foreach (var line in ResultsTable.Render(result.Summary, data, request.Out!, host.Width)) host.WriteLine(line.Text, line.Highlight);
        if (report is not null) host.WriteLine($"report: {report}");
        if (only is null)
        {
            host.WriteLine(
                $"next: autodidact predict {Quoted(request.Out!)} IMAGE...   (exports the model first; see autodidact export --help)");
        }
    }

    // The directory was numbered if the user did not name it, so the command has to name it now.
    private static string CommandAgain(ParseResult parsed, RunRequest request)
    {
        var words = parsed.Tokens.Select(token => token.Value).ToList();
        if (parsed.CommandResult.Command.Name == "run" && !words.Contains("--out")) words.AddRange(["--out", request.Out!]);
        return "autodidact " + string.Join(' ', words.Select(Quoted));
    }

    /// <summary>A word as a shell takes it.</summary>
    public static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./=,:+@~".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
