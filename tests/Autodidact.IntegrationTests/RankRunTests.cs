using System.Security.Cryptography;
using System.Text.Json;
using Autodidact.Runs;

namespace Autodidact.IntegrationTests;

/// <summary>Whole runs by ranks that are processes.</summary>
public sealed class RankRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public void Processes_Should_Train_The_Weights_That_Threads_Train_And_Resume_To_The_Bit(string library)
    {
        MpiLauncher.Require(library);
        Cli.Expect(0, _folder.Path, SmallRun.Arguments(_folder["threads"], "--set", "threads=2")).Dispose();
        using (var killed = StartOnCores(library))
        {
            var checkpoints = Path.Combine(_folder["processes"], "checkpoints");
            Assert.True(
                killed.Until(() => Directory.Exists(checkpoints) && Directory.GetFiles(checkpoints, "pretrain-*.safetensors").Length > 0),
                killed.Error);
            killed.Interrupt("TERM");
            killed.Wait();

            // The status is the launcher's: MPICH's own says that it did what the signal asked for.
            Assert.False(File.Exists(Path.Combine(_folder["processes"], "student.safetensors")), killed.Out + killed.Error);
        }

        using var resumed = StartOnCores(library);
        resumed.Wait();
        Assert.True(resumed.ExitCode == 0, resumed.Out + resumed.Error);
        Assert.Equal(SmallRun.Encoder(_folder["threads"]), SmallRun.Encoder(_folder["processes"]));
        Assert.Equal(SmallRun.Student(_folder["threads"]), SmallRun.Student(_folder["processes"]));
        AssertSameFigures(_folder["threads"], _folder["processes"]);
        Assert.Equal(
            File.ReadAllLines(Path.Combine(_folder["threads"], "metrics.jsonl")).Length,
            File.ReadAllLines(Path.Combine(_folder["processes"], "metrics.jsonl")).Length);
    }

    [Fact]
    public void Threads_Of_Processes_Should_Train_The_Weights_That_As_Many_Threads_Train()
    {
        MpiLauncher.Require("openmpi");
        Cli.Expect(0, _folder.Path, SmallRun.Arguments(_folder["threads"], "--set", "threads=4")).Dispose();
        using var hybrid = Start("openmpi", 2, "--set", "threads=2");
        hybrid.Wait();
        Assert.True(hybrid.ExitCode == 0, hybrid.Out + hybrid.Error);
        Assert.Equal(SmallRun.Encoder(_folder["threads"]), SmallRun.Encoder(_folder["processes"]));
        Assert.Equal(SmallRun.Student(_folder["threads"]), SmallRun.Student(_folder["processes"]));
        AssertSameFigures(_folder["threads"], _folder["processes"]);
        using var record = RunDirectory.Open(_folder["processes"]);
        Assert.Equal(4, record.Record!.Hardware!.Ranks);
    }

    [Theory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public void A_Signal_Of_A_Time_Limit_Should_Stop_All_Ranks_In_Order(string library)
    {
        MpiLauncher.Require(library);
        using var stopped = Start(library, 2, "--set", "pretrain.epochs=400");
        var metrics = Path.Combine(_folder["processes"], "metrics.jsonl");
        Assert.True(stopped.Until(() => File.Exists(metrics) && new FileInfo(metrics).Length > 0), stopped.Error);
        stopped.Interrupt("USR1");
        stopped.Wait();
        Assert.Contains("interrupted; what is done is kept", stopped.Out + stopped.Error);

        // MPICH's launcher ends with 130 or with 0 after a signal that it passed on.
        if (library == "openmpi") Assert.Equal(130, stopped.ExitCode);
    }

    [Fact]
    public void A_Run_Should_Go_On_With_Another_Number_Of_Ranks_And_Say_So()
    {
        MpiLauncher.Require("mpich");
        Cli.Expect(0, _folder.Path, ["pretrain", .. SmallRun.Arguments(_folder["processes"])[2..]]).Dispose();
        using var more = Start("mpich", 5);
        more.Wait();
        Assert.True(more.ExitCode == 0, more.Out + more.Error);
        Assert.Matches("this run began with [0-9]+ ranks? and goes on with 5", more.Out + more.Error);
    }

    [Fact]
    public void Machines_With_Caches_Of_Their_Own_Should_Pack_Once_Each()
    {
        // Two caches on this machine stand for two machines.
        MpiLauncher.Require("openmpi");
        using var run = StartWithCaches("export AUTODIDACT_CACHE=$0/$OMPI_COMM_WORLD_RANK");
        run.Wait();
        Assert.True(run.ExitCode == 0, run.Out + run.Error);
        var (first, second) = (Packs("0"), Packs("1"));
        Assert.Equal(2, first.Count);
        Assert.Equal(first, second);

        Dictionary<string, string> Packs(string rank) => Directory.GetFiles(Path.Combine(_folder["cache"], rank, "packs"), "*.pack")
            .ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
    }

    [Fact]
    public void A_Machine_That_Cannot_Pack_Should_Be_Named_And_No_Run_Be_Left()
    {
        MpiLauncher.Require("openmpi");
        using var run = StartWithCaches("[ $OMPI_COMM_WORLD_RANK = 0 ] || export AUTODIDACT_CACHE=/dev/null/cache");
        run.Wait();
        Assert.True(run.ExitCode == 5, run.Out + run.Error);
        Assert.Matches("autodidact: rank 1 on .*: the cache folder /dev/null/cache/packs cannot be made", run.Out + run.Error);
        Assert.False(Directory.Exists(_folder["processes"]));
    }

    [Fact]
    public void A_Machine_With_Other_Images_Should_Be_Named()
    {
        // The same path shows each process its own folder.
        MpiLauncher.Require("openmpi");
        PictureFolder.Make(_folder["0"], 40, 16);
        PictureFolder.Make(_folder["1"], 41, 16);
        using var run = StartEach(
            "cd $0/$OMPI_COMM_WORLD_RANK", _folder.Path, ["run", "/proc/self/cwd", "--out", _folder["processes"]]);
        run.Wait();
        Assert.True(run.ExitCode == 3, run.Out + run.Error);
        Assert.Matches("autodidact: rank 1 on .* finds other images than rank 0", run.Out + run.Error);
        Assert.False(Directory.Exists(_folder["processes"]));
    }

    private ChildProcess StartWithCaches(string script) => StartEach(
        script, _folder["cache"], ["pretrain", .. SmallRun.Arguments(_folder["processes"])[2..]]);

    /// <summary>Starts two processes; a line of shell sets each up, with a folder as its $0.</summary>
    private ChildProcess StartEach(string script, string folder, string[] arguments) => MpiLauncher.Start(
        "openmpi", 2, _folder.Path,
        ["sh", "-c", $"{script}; exec env TERM=dumb dotnet \"$@\"", folder, Cli.Program, .. arguments]);

    /// <summary>Features, clusters, answers and scores have the same bits, whoever computed them.</summary>
    private static void AssertSameFigures(string expected, string actual)
    {
        foreach (var file in (string[])["features.npy", "clusters.safetensors", "predictions.npy"])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(expected, file)), File.ReadAllBytes(Path.Combine(actual, file)));
        }

        Assert.Equal(Scores(expected), Scores(actual));
    }

    private static string Scores(string run)
    {
        var summary = Summary.Load(Path.Combine(run, "summary.json"));
        Assert.NotNull(summary.RawPixels?.Knn);
        Assert.NotNull(summary.Untrained?.Linear);
        Assert.NotNull(summary.Exits?[0].Scores?.Linear);
        return JsonSerializer.Serialize(new
        {
            summary.RawPixels,
            summary.Untrained,
            Encoder = summary.Pretrain?.Scores,
            summary.Cluster,
            Exits = summary.Exits!.Select(row => new { row.Exit, row.Scores }),
        });
    }

    private ChildProcess Start(string library, int ranks, params string[] more) => MpiLauncher.Start(
        library, ranks, _folder.Path, ["env", "TERM=dumb", "dotnet", Cli.Program, .. SmallRun.Arguments(_folder["processes"], more)]);

    /// <summary>Each process with a core of its own, where there are as many: then all of them cluster and measure.</summary>
    private ChildProcess StartOnCores(string library) => MpiLauncher.Start(
        library, 2, _folder.Path,
        [
            "sh", "-c", "exec taskset -c $((${OMPI_COMM_WORLD_RANK:-$PMI_RANK} % $(nproc))) env TERM=dumb dotnet \"$@\"", "sh", Cli.Program,
            .. SmallRun.Arguments(_folder["processes"]),
        ]);
}
