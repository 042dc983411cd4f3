using System.Diagnostics;
using Autodidact.Tests;

namespace Autodidact.IntegrationTests;

/// <summary>Ranks as processes that mpirun starts, of each library that this machine has.</summary>
public sealed class MpiTests
{
    private static readonly string[] Trained =
    [
        "simclr", "emp-ssl", "barlow-twins", "vicreg", "swav", "dino", "moco-v2", "deepcluster-v2", "npid", "sssd", "seed", "compress",
    ];

    [Theory]
    [InlineData("openmpi", 2)]
    [InlineData("openmpi", 4)]
    [InlineData("mpich", 2)]
    [InlineData("mpich", 4)]
    public void Ranks_Should_Sum_Gather_And_Broadcast_And_A_Null_Reference_Stay_An_Exception(string library, int ranks)
    {
        using var run = Run(library, ranks, 0, "all");
        Assert.All(Enumerable.Range(0, ranks), rank => Assert.Contains($"rank {rank} of {ranks} done", run.Out));
    }

    // Each library, number of ranks and type once: all pairs would take a minute.
    [Theory]
    [InlineData("openmpi", 2, "Float32")]
    [InlineData("mpich", 4, "Float64")]
    public void Ranks_Should_Train_What_One_Process_Trains(string library, int ranks, params string[] types)
    {
        // The program fails where weights or state are further apart than 1e-10 in float64 and 1e-4 in float32.
        using var run = Run(library, ranks, 0, "train", [string.Join(',', types), .. Trained]);
        Assert.All(
            Trained, method => Assert.All(types, type => Assert.Matches($@"(?m)^{method} in {type}: [0-9.e-]+\s*$", run.Out)));
        Assert.All(Enumerable.Range(0, ranks), rank => Assert.Contains($"rank {rank} of {ranks} done", run.Out));
    }

    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public void A_Rank_That_Fails_Should_End_All_With_Its_Line_And_Status(string library)
    {
        using var one = Run(library, 3, 4, "abort");
        Assert.Matches("error: rank 2 on .*: the loss is not finite", one.Out + one.Error);

        using var thread = Run(library, 3, 4, "thread");
        Assert.Matches("error: rank 2 on .*: the loss is not finite", thread.Out + thread.Error);

        // All ranks meet the same bad data: it is said once.
        using var all = Run(library, 3, 4, "abort", "all");
        Assert.Single((all.Out + all.Error).Split('\n'), line => line.Contains("error: rank", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("openmpi", "killed")]
    [InlineData("openmpi", "throw")]
    [InlineData("mpich", "killed")]
    [InlineData("mpich", "throw")]
    public void A_Rank_That_Ends_Without_A_Word_Should_End_All(string library, string how)
    {
        var clock = Stopwatch.StartNew();
        using var run = Start(library, 3, how);
        run.Wait();
        Assert.NotEqual(0, run.ExitCode);
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"{clock.Elapsed}");
    }

    [Theory]
    [InlineData("openmpi", 0)]
    [InlineData("mpich", 2)]
    public void A_Rank_That_Does_Not_Come_Should_Be_Named_And_End_All(string library, int late)
    {
        var clock = Stopwatch.StartNew();
        using var run = Run(library, 3, 5, "late", $"{late}");
        Assert.Matches($"error: rank .*: rank {late} on .* did not come to sum [0-9]+ within 3 s", run.Out + run.Error);
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"{clock.Elapsed}");
    }

    [Theory]
    [InlineData("openmpi", 1)]
    [InlineData("mpich", 0)]
    public void A_Rank_With_Work_Of_Its_Own_Should_Be_Waited_For_However_Long_It_Takes(string library, int late)
    {
        using var run = Run(library, 2, 0, "patient", $"{late}");
        Assert.Contains("rank 1 of 2 done", run.Out);
    }

    [Theory]
    [InlineData("openmpi", "libmpich.so.12", "mpirun of Open MPI started this process, and MPICH")]
    [InlineData("mpich", "libmpi.so.40", "mpirun of MPICH started this process, and Open MPI")]
    public void A_Launcher_With_The_Other_Library_Should_Be_Refused(string library, string other, string reason)
    {
        MpiLauncher.Require(library == "mpich" ? "openmpi" : "mpich");
        using var run = Run(library, 2, 5, "all", $"MPI_LIBRARY={other}");
        Assert.Contains($"error: {reason}", run.Out + run.Error);
    }

    [Fact]
    public void A_Process_Without_A_Launcher_Should_Be_Alone()
    {
        using var run = ChildProcess.Expect(0, "dotnet", Repository.Root, Program, "all");
        Assert.Contains("alone", run.Out);
    }

    private static string Program =>
        Path.Combine(
            Repository.Root, "tests", "Autodidact.RankProgram", "bin", PackageFeed.Configuration, "net10.0", "Autodidact.RankProgram.dll");

    private static ChildProcess Run(string library, int ranks, int status, string check, params string[] arguments)
    {
        var run = Start(library, ranks, check, arguments);
        run.Wait();
        Assert.True(run.ExitCode == status, $"exit status {run.ExitCode}, expected {status}\n{run.Out}\n{run.Error}");
        return run;
    }

    private static ChildProcess Start(string library, int ranks, string check, params string[] arguments)
    {
        // Variables come by way of env, which each rank passes through: mpirun's own options for it differ.
        string[] variables = [.. arguments.Where(argument => argument.Contains('=')), "TERM=dumb"];
        return MpiLauncher.Start(
            library, ranks, Repository.Root,
            ["env", .. variables, "dotnet", Program, check, .. arguments.Where(argument => !argument.Contains('='))]);
    }
}
