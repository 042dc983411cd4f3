using System.CommandLine;
using Autodidact.Cli.Output;
using Autodidact.Cli.Rendering;
using Autodidact.Experiments;
using Autodidact.Files;
using Autodidact.Options;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact experiment FILE</c>: variants and seeds as a grid of runs, and a table with intervals.</summary>
internal static class ExperimentCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command(
            "experiment", "Run variants of a configuration over several seeds, compute what they share once, and compare them.");
        var file = new Argument<string?>("FILE") { Description = "file of an experiment (.json)", Arity = ArgumentArity.ExactlyOne };
        RequestFlags.RefuseOptions(file);
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "say what would run, what is shared, and how long it may take; run nothing",
        };
        var report = new Option<bool>("--report") { Description = "write results.md anew from results.csv; run nothing" };
        command.Add(file);
        command.Add(dryRun);
        command.Add(report);
        command.Validators.Add(result =>
        {
            if (result.GetValue(dryRun) && result.GetValue(report)) result.AddError("--dry-run and --report: ask for one of them");
        });
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            var experiment = Experiment.Load(path);
            if (parsed.GetValue(dryRun)) return Plan(host, experiment);
            if (!parsed.GetValue(report)) return Run(host, experiment, path);
            ExperimentRunner.Report(experiment);
            Show(host, experiment);
            return ExitStatus.Done;
        });
        return ExamplesHelp.With(
            command,
            "autodidact experiment temperature.json --dry-run        what it would do",
            "autodidact experiment temperature.json                  run it, or go on with it",
            "autodidact experiment temperature.json --report         the tables of what is finished so far");
    }

    private static int Run(CliHost host, Experiment experiment, string path)
    {
        ThreadRoom.Require();
        using var view = host.View();
        using var interruption = new Interruption(host.HandlesSignals, view.Say);
        var unwritten = new UnwrittenFiles();
        try
        {
            view.Show(events => ExperimentRunner.Run(experiment, unwritten.Watch(events), interruption.Token));
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            host.Error.WriteLine(
                $"autodidact: interrupted; what is done is kept. Go on with: autodidact experiment {RunSession.Quoted(path)}");
            return ExitStatus.Interrupted;
        }

        var status = unwritten.Status(host.Error);
        Show(host, experiment);
        return status;
    }

    private static void Show(CliHost host, Experiment experiment)
    {
        var kept = $"{experiment.ReportPath} holds this report, {experiment.ResultsPath} every run";
        CliHost.Print(kept, () => host.Out.Write(RegularFile.ReadText(experiment.ReportPath, RegularFile.MostRecordBytes)));
        host.Error.WriteLine(kept);
    }

    private static int Plan(CliHost host, Experiment experiment)
    {
        var plan = ExperimentPlan.Of(experiment, ResultsFile.Read(experiment.ResultsPath, experiment.File.Metrics));
        foreach (var line in Columns.Lines(plan.Runs.Select(run => (run.Cell.Name, Describe(run))), host.Width)) host.WriteLine(line);
        var left = plan.Runs.Count(run => !run.Finished);
        var time = left == 0 ? "nothing left to do"
            : plan.Unknown == left ? "time unknown"
            : $"about {Durations.Brief(plan.Known)}{(plan.Unknown > 0 ? $" and {Plural.Of(plan.Unknown, "run")} of unknown time" : "")}";
        host.WriteLine("");
        host.WriteLine($"{left} of {Plural.Of(plan.Runs.Count, "run")} to do: {time}. Results go to {experiment.Folder}");
        return ExitStatus.Done;
    }

    private static string Describe(PlannedRun run)
    {
        if (run.Finished) return "finished";
        var shared = run.From.Count == 0 ? "" : $"; shares {string.Join(", ", run.From.Select(f => $"{f.Key} with {f.Value.Variant}"))}";
        var begun = Runs.RunDirectory.Exists(run.Cell.Directory) ? "goes on" : "runs";
        var time = run.Estimate is { } estimate
            ? $"about {Durations.Brief(estimate)}{(run.Guessed ? " (guessed from other variants)" : "")}"
            : "time unknown";
        return $"{begun}, {time}{shared}";
    }
}
