using Autodidact.Processes;

namespace Autodidact.Benchmarks;

/// <summary>The <c>autodidact</c> command as a process of its own, in a home of its own, so that whatever it leaves can be seen.</summary>
internal sealed class Command : ProgramProcess
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(10);

    private Command(string home, IEnumerable<KeyValuePair<string, string>> environment, IEnumerable<string> arguments)
        : base("dotnet", home, [Autodidact, .. arguments], Variables(home).Concat(environment))
    {
    }

    /// <summary>Starts the command.</summary>
    /// <param name="home">Its working folder; home, cache and temporary files lie in folders of it.</param>
    /// <param name="arguments">What follows <c>autodidact</c>.</param>
    public static Command Start(string home, params IEnumerable<string> arguments) => new(home, [], arguments);

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
        return command.ExitCode == 0
            ? command.Out
            : throw new InvalidOperationException(
                $"autodidact {string.Join(' ', arguments)}: status {command.ExitCode}\n{command.Out}\n{command.Error}");
    }

    /// <summary>Waits for its end; kills what runs for ten minutes.</summary>
    public void Wait()
    {
        if (!WaitAtMost(_longest)) Kill();
    }

    private static Dictionary<string, string> Variables(string home)
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
}
