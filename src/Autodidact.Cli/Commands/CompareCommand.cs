using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Autodidact.Cli.Rendering;
using Autodidact.Files;
using Autodidact.Options;
using Autodidact.RunReports;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact compare RUN...</c>: figures of several runs side by side, below the options in which they differ.</summary>
internal static class CompareCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command("compare", "Show the figures of several runs side by side, and the options in which they differ.");
        var runs = new Argument<string[]>("RUN") { Description = "run directories", Arity = ArgumentArity.OneOrMore };
        RequestFlags.RefuseOptions(runs);
        var json = new Option<bool>("--json") { Description = "print options and summaries as JSON" };
        var html = new Option<string?>("--html") { Description = "write the same as one page too, with charts", HelpName = "FILE" };
        command.Add(runs);
        command.Add(html);
        command.Add(json);
        command.SetAction(parsed =>
        {
            var comparison = RunComparison.Read(parsed.GetValue(runs)!);
            if (parsed.GetValue(html) is { } page) AtomicFile.WriteText(page, ComparisonPage.Render(comparison));
            if (parsed.GetValue(json)) host.WriteJson(ToJson(comparison));
            else foreach (var line in ComparisonTable.Render(comparison, host.Width)) host.WriteLine(line);
            return ExitStatus.Done;
        });
        return ExamplesHelp.With(
            command,
            "autodidact compare runs/cifar10-1 runs/cifar10-2",
            "autodidact compare runs/* --html comparison.html",
            "autodidact compare runs/* --json");
    }

    private static string ToJson(RunComparison comparison) => new JsonArray(
    [
        .. comparison.Runs.Select(run => new JsonObject
        {
            ["run"] = run.Path,
            ["options"] = new JsonObject(
                comparison.Differing.Select(name => KeyValuePair.Create<string, JsonNode?>(name, OptionBinder.Get(run.Options, name)))),
            ["summary"] = JsonNode.Parse(run.Summary.ToJson()),
        }),
    ]).ToJsonString(new JsonSerializerOptions { WriteIndented = true });
}
