using System.CommandLine;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact doctor</c>: what this machine offers and what it lacks.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command("doctor", "Report what this machine offers: platform, native libraries, threads, memory, disk, GPU.");
        command.SetAction(_ => ExitStatus.Done);
        return command;
    }
}
