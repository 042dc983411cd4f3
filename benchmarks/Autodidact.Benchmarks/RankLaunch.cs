using Autodidact.Processes;

namespace Autodidact.Benchmarks;

/// <summary>This program again, as ranks that a launcher of MPI starts, or as one process alone.</summary>
internal sealed class RankLaunch : ProgramProcess
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(30);

    private RankLaunch(string file, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
        : base(file, Path.GetTempPath(), arguments, environment)
    {
    }

    /// <summary>The MPI libraries whose launchers this machine has, as Debian names them.</summary>
    public static IReadOnlyList<string> Libraries { get; } =
    [
        .. new[] { "openmpi", "mpich" }.Where(library => (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, Launcher(library))))),
    ];

    /// <summary>Starts one process of a program.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    public static RankLaunch Start(string file, params IEnumerable<string> arguments) => new(file, arguments, []);

    /// <summary>Starts this program alone.</summary>
    /// <param name="arguments">What follows its name.</param>
    public static RankLaunch StartAlone(params IEnumerable<string> arguments) => new("dotnet", [Self, .. arguments], []);

    /// <summary>Starts this program as ranks.</summary>
    /// <param name="library">One of <see cref="Libraries"/>.</param>
    /// <param name="ranks">How many.</param>
    /// <param name="arguments">What follows its name.</param>
    public static RankLaunch StartRanks(string library, int ranks, params IEnumerable<string> arguments) =>
        StartRanks(library, ranks, Environment.CurrentDirectory, [Self, .. arguments], []);

    /// <summary>Starts a program of .NET as ranks.</summary>
    /// <param name="library">One of <see cref="Libraries"/>.</param>
    /// <param name="ranks">How many.</param>
    /// <param name="folder">Their working folder.</param>
    /// <param name="program">What follows <c>dotnet</c>.</param>
    /// <param name="environment">Variables of the environment beside the launcher's.</param>
    public static RankLaunch StartRanks(
        string library,
        int ranks,
        string folder,
        IEnumerable<string> program,
        IEnumerable<KeyValuePair<string, string>> environment)
    {
        string[] own = library == "openmpi" ? ["--bind-to", "none", "--oversubscribe"] : [];
        return new RankLaunch(
            Launcher(library),
            ["-n", $"{ranks}", .. own, "env", "--chdir", folder, "TERM=dumb", "dotnet", .. program],
            [
                new("OMPI_ALLOW_RUN_AS_ROOT", "1"),
                new("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
                .. environment,
            ]);
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The standard output.</returns>
    /// <exception cref="InvalidOperationException">It did not end with status 0.</exception>
    public string Result()
    {
        if (!WaitAtMost(_longest)) Kill();
        return ExitCode == 0 ? Out : throw new InvalidOperationException($"status {ExitCode}\n{Out}\n{Error}");
    }

    private static string Self => typeof(RankLaunch).Assembly.Location;

    private static string Launcher(string library) => $"mpirun.{library}";
}
