using System.CommandLine;
using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary>The common part of commands that run one stage.</summary>
internal static class StageCommand
{
    /// <summary>
    /// Makes a command <c>stage RUN [flags]</c>. The first stage may begin a new run, and takes every flag; later ones take those of the
    /// options that they may change.
    /// </summary>
    /// <param name="host">Output and library.</param>
    /// <param name="stage">The stage, which names the command.</param>
    /// <param name="description">One line.</param>
    public static Command Create(CliHost host, Stage stage, string description)
    {
        var mayBeNew = stage == Stage.Pretrain;
        var command = new Command(stage.Key(), description);
        var run = new Argument<string?>("RUN") { Description = "run directory", Arity = ArgumentArity.ExactlyOne };
        RequestFlags.RefuseOptions(run);
        command.Add(run);
        var flags = new RequestFlags(command, showsDefaults: mayBeNew).Add(mayBeNew ? RunFlags.ByKey.Values : RunFlags.Of(command.Name));
        command.Add(RunSession.JsonOption());
        var beside = new Option<string?>("--out")
        {
            Description = "directory for the results on other images or labels; the run itself stays as it is [default: RUN-on-<data>]",
            HelpName = "DIR",
        };
        if (stage == Stage.Evaluate) command.Add(beside);
        command.SetAction(parsed =>
        {
            var directory = parsed.GetValue(run)!;
            if (!mayBeNew) RunDirectory.Open(directory).Dispose();
            var request = flags.Read(parsed, directory);
            return stage == Stage.Evaluate && (parsed.GetValue(beside) is not null || RunBeside.IsAsked(directory, request))
                ? Beside(host, directory, request, parsed.GetValue(beside), parsed)
                : RunSession.Execute(host, request, stage, parsed);
        });
        return command;
    }

    /// <summary>Measures a run's models in a directory beside it; nothing of a directory that was made in vain stays.</summary>
    private static int Beside(CliHost host, string run, RunRequest request, string? directory, ParseResult parsed)
    {
        directory ??= RunBeside.NameOf(run, request);
        var made = RunBeside.Make(run, request, directory);
        try
        {
            return RunSession.Execute(host, request with { Out = directory }, Stage.Evaluate, parsed);
        }
        catch (AutodidactException) when (made)
        {
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }
}
