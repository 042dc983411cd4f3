using System.Diagnostics;
using Autodidact.Processes;

namespace Autodidact.IntegrationTests;

/// <summary>A program that a test starts: a test fails where it ends otherwise than wanted.</summary>
internal sealed class ChildProcess : ProgramProcess
{
    private ChildProcess(string file, string folder, IEnumerable<string> arguments)
        : base(file, folder, arguments, Variables())
    {
    }

    public static ChildProcess Start(string file, string folder, params IEnumerable<string> arguments) => new(file, folder, arguments);

    /// <summary>Runs to the end.</summary>
    public static ChildProcess Run(string file, string folder, params IEnumerable<string> arguments)
    {
        var process = new ChildProcess(file, folder, arguments);
        process.Wait();
        return process;
    }

    /// <summary>Runs to the end and fails, showing everything it said, if it ends otherwise than wanted.</summary>
    public static ChildProcess Expect(int status, string file, string folder, params IEnumerable<string> arguments)
    {
        var process = Run(file, folder, arguments);
        Assert.True(process.ExitCode == status, $"exit status {process.ExitCode}, expected {status}\n{process.Out}\n{process.Error}");
        return process;
    }

    public void Wait()
    {
        if (WaitAtMost(TimeSpan.FromMinutes(8))) return;
        Kill();
        throw new TimeoutException($"the command did not end\n{Out}\n{Error}");
    }

    /// <summary>Waits until something is true of the running process; false if it ended first.</summary>
    public bool Until(Func<bool> happened)
    {
        var clock = Stopwatch.StartNew();
        while (!happened())
        {
            if (HasExited)
            {
                return false;
            }

            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(5), $"nothing happened\n{Out}\n{Error}");
            Thread.Sleep(20);
        }

        return true;
    }

    private static Dictionary<string, string> Variables()
    {
        var variables = new Dictionary<string, string>
        {
            // Packs of the tests stay with the tests, and are shared by them.
            ["AUTODIDACT_CACHE"] = Path.Combine(Path.GetTempPath(), "autodidact-tests-cache"),

            // A compiler left running would outlive the tests, and hold their folders.
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
            ["UseSharedCompilation"] = "false",
            ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        };

        // One thread each, of the command and of programs that leave it to libtorch: its threads wait for each other by spinning, and
        // beside another test program on two cores small steps took forty times as long with two.
        foreach (var name in new[] { "DOTNET_PROCESSOR_COUNT", "OMP_NUM_THREADS" })
        {
            if (Environment.GetEnvironmentVariable(name) is null) variables[name] = "1";
        }

        return variables;
    }
}
