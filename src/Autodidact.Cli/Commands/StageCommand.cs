using System.CommandLine;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary>What the commands that do one stage of a run have in common.</summary>
internal static class StageCommand
{
    /// <summary>Makes a command <c>name RUN [flags]</c>.</summary>
    /// <param name="host">Output and library.</param>
    /// <param name="name">Name of the command.</param>
    /// <param name="description">One line.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="mayBeNew">Whether the directory may be a new one.</param>
    /// <param name="addFlags">Adds the stage's own flags.</param>
    public static Command Create(CliHost host, string name, string description, Stage stage, bool mayBeNew, Action<RequestFlags> addFlags)
    {
        var command = new Command(name, description);
        var run = new Argument<string?>("RUN") { Description = "run directory", Arity = ArgumentArity.ExactlyOne };
        RequestFlags.RefuseOptions(run);
        command.Add(run);
        var flags = new RequestFlags(command, showsDefaults: mayBeNew);
        addFlags(flags);
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
