using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Autodidact.Inference;

namespace Autodidact.Cli.Startup;

internal static class Program
{
    private static int Main(string[] args)
    {
        UseOneCulture();
        return LimitCheck.Problem(args) is { } problem ? LimitCheck.Refuse(problem) : Start(args);
    }

    /// <summary>
    /// Numbers are read and written as JSON has them, on every thread. The program is built so, but the environment can overrule that: a
    /// German 0.5 would be a 5.
    /// </summary>
    private static void UseOneCulture()
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
    }

    // Not inlined: the check must run before the console is loaded.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Start(string[] args)
    {
        // A Windows console starts in a code page that lacks the dash of 'not measured'; elsewhere UTF-8 is the default.
        if (OperatingSystem.IsWindows()) Console.OutputEncoding = Encoding.UTF8;
        CommandLine command;
        try
        {
            command = new CommandLine(CliHost.ForConsole());
        }
        catch (Exception e) when (e is Win32Exception or IOException or OutOfMemoryException)
        {
            // The console takes a thread.
            return LimitCheck.Refuse($"the console cannot be used ({OneLine.From(e.Message)}): raise the limit of processes (ulimit -u)");
        }

        // A failure on another thread, which nothing catches: the runtime would abort with a stack trace.
        AppDomain.CurrentDomain.UnhandledException += (_, e) => ProcessEnd.Now(command.Fail((Exception)e.ExceptionObject, args));
        RuntimeTelemetry.Forbid();
        Interruption.AnswerFromTheStart();
        return command.Run(args);
    }
}
