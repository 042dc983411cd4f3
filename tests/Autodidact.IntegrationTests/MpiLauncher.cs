namespace Autodidact.IntegrationTests;

/// <summary>The launchers of Debian's MPI libraries; a test that needs a missing one is skipped.</summary>
internal static class MpiLauncher
{
    /// <summary>Starts ranks.</summary>
    /// <param name="library">openmpi or mpich.</param>
    /// <param name="ranks">Number of ranks.</param>
    /// <param name="folder">Working directory.</param>
    /// <param name="command">Program and arguments of a rank.</param>
    public static ChildProcess Start(string library, int ranks, string folder, params IEnumerable<string> command)
    {
        string[] own = library == "openmpi" ? ["--bind-to", "none", "--oversubscribe"] : [];
        return ChildProcess.Start(
            "env",
            folder,
            ["OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", Require(library), "-n", $"{ranks}", .. own, .. command]);
    }

    /// <summary>The program that starts the ranks of a library, as Debian names it.</summary>
    /// <param name="library">openmpi or mpich.</param>
    public static string Require(string library)
    {
        var name = $"mpirun.{library}";
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, $"there is no {name}: apt-get install {(library == "openmpi" ? "openmpi-bin" : library)}");
        return path!;
    }
}
