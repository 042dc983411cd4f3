using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Autodidact.Cli.Rendering;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact compare RUN...</c>: figures of several runs side by side, below the options in which they differ.</summary>
internal static class CompareCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command("compare", "Show the figures of several runs side by side, and the options in which they differ.");
        var runs = new Argument<string[]>("RUN") { Description = "run directories", Arity = ArgumentArity.OneOrMore };
        runs.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value is ['-', ..]) is { } option) result.AddError($"unknown option '{option.Value}'");
        });
        var json = new Option<bool>("--json") { Description = "print options and summaries as JSON" };
        command.Add(runs);
        command.Add(json);
        command.SetAction(parsed =>
        {
            List<ComparedRun> compared = [.. parsed.GetValue(runs)!.Select(Read)];
            var differing = Differing(compared);
            if (parsed.GetValue(json)) host.WriteLine(ToJson(compared, differing));
            else foreach (var line in ComparisonTable.Render(compared, differing, host.Width)) host.WriteLine(line);
            return ExitStatus.Done;
        });
        return ExamplesHelp.With(command, "autodidact compare runs/cifar10-1 runs/cifar10-2", "autodidact compare runs/* --json");
    }

    private static ComparedRun Read(string path)
    {
        using var run = RunDirectory.Open(path);
        return new ComparedRun(path, run.Record!.GetOptions<RunOptions>(), Summary.Load(run.Paths.Summary));
    }

    /// <summary>Names of the options that are not the same in all runs.</summary>
    private static List<string> Differing(List<ComparedRun> runs)
    {
        var found = runs.Skip(1).SelectMany(run => OptionBinder.Diff(runs[0].Options, run.Options)).Select(d => d.Name).ToHashSet();
        return [.. OptionBinder.Describe(new RunOptions()).Select(o => o.Name).Where(found.Contains)];
    }

    private static string ToJson(List<ComparedRun> runs, List<string> differing) => new JsonArray(
    [
        .. runs.Select(run => new JsonObject
        {
            ["run"] = run.Path,
            ["options"] = new JsonObject(differing.Select(name => KeyValuePair.Create<string, JsonNode?>(name, OptionBinder.Get(run.Options, name)))),
            ["summary"] = JsonNode.Parse(run.Summary.ToJson()),
        }),
    ]).ToJsonString(new JsonSerializerOptions { WriteIndented = true });
}

/// <summary>One run that is compared.</summary>
internal sealed record ComparedRun(string Path, RunOptions Options, Summary Summary);
