using System.CommandLine;
using Autodidact.Cli.Rendering;
using Autodidact.Pipeline;

namespace Autodidact.Cli.Commands;

/// <summary>What every training command does with its request: show progress, listen for Ctrl-C, print the result.</summary>
internal static class RunSession
{
    private const string Json = "--json";

    public static Option<bool> JsonOption() => new(Json) { Description = "print the summary as JSON on stdout, and nothing else there" };

    public static int Execute(CliHost host, RunRequest request, Stage? only, ParseResult parsed)
    {
        using var view = host.View();
        using var interruption = new Interruption(host.HandlesSignals, view.Say);
        RunResult result;
        try
        {
            result = view.Show(events => host.Pipeline(request, events, interruption.Token, only));
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            host.Error.WriteLine($"autodidact: interrupted; what is done is kept. Go on with: {CommandAgain(parsed, request)}");
            return ExitStatus.Interrupted;
        }
        if (result.AlreadyFinished) host.Error.WriteLine($"{request.Out} is already finished");
        Print(host, request, result, parsed.GetValue<bool>(Json));
        return ExitStatus.Done;
    }

    private static void Print(CliHost host, RunRequest request, RunResult result, bool json)
    {
        if (json)
        {
            host.Out.WriteLine(result.Summary.ToJson());
            return;
        }
        var data = RunOptions.Resolve(request).Data.Source;
        foreach (var line in ResultsTable.Render(result.Summary, data, request.Out!, host.Width)) host.WriteLine(line.Text, line.Highlight);
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
        word.Length > 0 && word.All(c => char.IsLetterOrDigit(c) || "-_./=,:+@~".Contains(c, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
