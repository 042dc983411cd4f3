using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Autodidact.Benchmarks;

/// <summary>The <c>autodidact</c> command as a process of its own, in a home of its own, so that whatever it leaves can be seen.</summary>
internal sealed class Command : IDisposable
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    private Command(string home, IReadOnlyDictionary<string, string>? environment, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = home,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Autodidact.Cli.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in Environment(home).Concat(environment ?? new Dictionary<string, string>()))
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Append(_out, e.Data);
        _process.ErrorDataReceived += (_, e) => Append(_error, e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Lines of its standard output so far.</summary>
    public string Out => Text(_out);

    /// <summary>Lines of its standard error so far.</summary>
    public string Error => Text(_error);

    /// <summary>Whether it ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its exit status.</summary>
    public int Status => _process.ExitCode;

    /// <summary>Starts the command.</summary>
    /// <param name="home">Its working folder; home, cache and temporary files lie in folders of it.</param>
    /// <param name="arguments">What follows <c>autodidact</c>.</param>
    public static Command Start(string home, params IEnumerable<string> arguments) => new(home, null, arguments);

    /// <summary>Starts the command with variables of the environment beside those of its home.</summary>
    /// <param name="home">Its working folder.</param>
    /// <param name="environment">The variables.</param>
    /// <param name="arguments">What follows <c>autodidact</c>.</param>
    public static Command Start(string home, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments) =>
        new(home, environment, arguments);

    /// <summary>Runs the command to its end.</summary>
    /// <param name="home">Its working folder.</param>
    /// <param name="arguments">What follows <c>autodidact</c>.</param>
    /// <exception cref="InvalidOperationException">It did not end with status 0.</exception>
    public static string Run(string home, params IEnumerable<string> arguments)
    {
        using var command = Start(home, arguments);
        command.Wait();
        return command.Status == 0
            ? command.Out
            : throw new InvalidOperationException(
                $"autodidact {string.Join(' ', arguments)}: status {command.Status}\n{command.Out}\n{command.Error}");
    }

    /// <summary>Waits for its end; kills what runs for ten minutes.</summary>
    public void Wait()
    {
        if (!_process.WaitForExit(_longest))
        {
            Kill();
        }

        // A second wait lets the last lines arrive.
        _process.WaitForExit();
    }

    /// <summary>Waits for its end, but no longer than a time.</summary>
    /// <param name="life">The time.</param>
    /// <returns>Whether it ended.</returns>
    public bool WaitAtMost(TimeSpan life) => _process.WaitForExit(life);

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
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

    private static Dictionary<string, string> Environment(string home)
    {
        string Folder(string name) => Directory.CreateDirectory(Path.Combine(home, name)).FullName;
        return new()
        {
            ["HOME"] = Folder("home"),
            ["XDG_CACHE_HOME"] = Folder("home/.cache"),
            ["TMPDIR"] = Folder("tmp"),
            ["AUTODIDACT_CACHE"] = Folder("cache"),

            // One thread: libtorch's wait by spinning, and would wait for each other beside another busy program.
            ["DOTNET_PROCESSOR_COUNT"] = "1",
            ["OMP_NUM_THREADS"] = "1",

            // .NET's own sockets for debuggers stay in the temporary folder when their process is killed.
            ["DOTNET_EnableDiagnostics"] = "0",
        };
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
