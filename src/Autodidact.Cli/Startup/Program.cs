using System.Text;
using Autodidact.Inference;

namespace Autodidact.Cli.Startup;

internal static class Program
{
    private static int Main(string[] args)
    {
        // A Windows console starts in a code page that lacks the dash of 'not measured'; elsewhere UTF-8 is the default.
        if (OperatingSystem.IsWindows()) Console.OutputEncoding = Encoding.UTF8;
        RuntimeTelemetry.Forbid();
        return new CommandLine(CliHost.ForConsole()).Run(args);
    }
}
