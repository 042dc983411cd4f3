using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Autodidact.Processes;

/// <summary>A program as a process of its own, with what it said so far. The integration tests and the benchmarks start it alike.</summary>
internal abstract class ProgramProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    /// <summary>Starts the program.</summary>
    /// <param name="file">The program.</param>
    /// <param name="folder">Its working folder.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables of its environment; it inherits the others.</param>
    protected ProgramProcess(
        string file, string folder, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
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

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Append(_out, e.Data);
        _process.ErrorDataReceived += (_, e) => Append(_error, e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The command <c>autodidact</c>, which <c>dotnet</c> starts.</summary>
    public static string Autodidact => Path.Combine(AppContext.BaseDirectory, "Autodidact.Cli.dll");

    /// <summary>Lines of its standard output so far.</summary>
    public string Out => Text(_out);

    /// <summary>Lines of its standard error so far.</summary>
    public string Error => Text(_error);

    /// <summary>Whether it ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit status.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>Ctrl-C, or other signals, one right after the other.</summary>
    /// <param name="signals">Their names, without SIG.</param>
    public void Interrupt(params string[] signals)
    {
        var id = _process.Id.ToString(CultureInfo.InvariantCulture);
        var commands = (signals is [] ? ["INT"] : signals).Select(signal => $"kill -{signal} {id}");
        using var kill = Process.Start("sh", ["-c", string.Join("; ", commands)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end, but no longer than a time; it gets no more input.</summary>
    /// <param name="time">The time.</param>
    /// <returns>Whether it ended.</returns>
    public bool WaitAtMost(TimeSpan time)
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(time)) return false;

        // A second wait lets the last lines arrive.
        _process.WaitForExit();
        return true;
    }

    /// <summary>Ends it if it still runs.</summary>
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
