using System.CommandLine;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact methods</c>: the methods there are.</summary>
internal static class MethodsCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command("methods", "List the pre-training and distillation methods.");
        command.SetAction(_ => ExitStatus.Done);
        return command;
    }
}
