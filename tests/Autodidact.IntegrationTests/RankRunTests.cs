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
        using (var killed = Start(library, 2))
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

        using var resumed = Start(library, 2);
        resumed.Wait();
        Assert.True(resumed.ExitCode == 0, resumed.Out + resumed.Error);
        Assert.Equal(SmallRun.Encoder(_folder["threads"]), SmallRun.Encoder(_folder["processes"]));
        Assert.Equal(SmallRun.Student(_folder["threads"]), SmallRun.Student(_folder["processes"]));
        Assert.Equal(
            File.ReadAllLines(Path.Combine(_folder["threads"], "metrics.jsonl")).Length,
            File.ReadAllLines(Path.Combine(_folder["processes"], "metrics.jsonl")).Length);
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

    private ChildProcess Start(string library, int ranks) => MpiLauncher.Start(
        library, ranks, _folder.Path, ["env", "TERM=dumb", "dotnet", Cli.Program, .. SmallRun.Arguments(_folder["processes"])]);
}
