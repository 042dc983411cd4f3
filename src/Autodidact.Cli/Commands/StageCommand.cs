using System.CommandLine;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary>What the commands that do one stage of a run have in common.</summary>
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
        command.SetAction(parsed =>
        {
            var directory = parsed.GetValue(run)!;
            if (!mayBeNew) RunDirectory.Open(directory).Dispose();
            return RunSession.Execute(host, flags.Read(parsed, directory), stage, parsed);
        });
        return command;
    }
}
