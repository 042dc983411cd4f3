using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Autodidact.IntegrationTests;

/// <summary>A program as a process of its own, with what it said so far.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    private ChildProcess(string file, string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Packs of the tests stay with the tests, and are shared by them.
        start.Environment["AUTODIDACT_CACHE"] = Path.Combine(Path.GetTempPath(), "autodidact-tests-cache");

        // One thread each, of the command and of programs that leave it to libtorch: its threads wait for each other by spinning, and
        // beside another test program on two cores small steps took forty times as long with two.
        start.Environment.TryAdd("DOTNET_PROCESSOR_COUNT", "1");
        start.Environment.TryAdd("OMP_NUM_THREADS", "1");

        // A compiler left running would outlive the tests, and hold their folders.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Append(_out, e.Data);
        _process.ErrorDataReceived += (_, e) => Append(_error, e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Out => Text(_out);

    public string Error => Text(_error);

    public int ExitCode => _process.ExitCode;

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
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromMinutes(8)))
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"the command did not end\n{Out}\n{Error}");
        }

        // A second wait lets the last lines arrive.
        _process.WaitForExit();
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>Ctrl-C, or another signal.</summary>
    public void Interrupt(string signal = "INT")
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until something is true of the running process; false if it ended first.</summary>
    public bool Until(Func<bool> happened)
    {
        var clock = Stopwatch.StartNew();
        while (!happened())
        {
            if (_process.HasExited)
            {
                return false;
            }

            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(5), $"nothing happened\n{Out}\n{Error}");
            Thread.Sleep(20);
        }

        return true;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
