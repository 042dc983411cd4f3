using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.IntegrationTests;

/// <summary>Two real kills, one a stage. Many more, at random moments, are in the benchmarks.</summary>
public sealed class KillAndResumeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_End_In_The_Same_Bits_After_Kill_9_In_Both_Stages()
    {
        Cli.Expect(0, _folder.Path, SmallRun.Arguments(_folder["whole"])).Dispose();
        foreach (var stage in new[] { "pretrain", "distill" })
        {
            using var killed = Cli.Start(_folder.Path, SmallRun.Arguments(_folder["killed"]));
            var checkpoints = Path.Combine(_folder["killed"], "checkpoints");
            Assert.True(
                killed.Until(() => Directory.Exists(checkpoints) && Directory.GetFiles(checkpoints, $"{stage}-*.safetensors").Length > 0),
                killed.Error);
            killed.Kill();
        }

        using var resumed = Cli.Expect(0, _folder.Path, SmallRun.Arguments(_folder["killed"]));
        Assert.Contains("resuming", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(SmallRun.Encoder(_folder["whole"]), SmallRun.Encoder(_folder["killed"]));
        Assert.Equal(SmallRun.Student(_folder["whole"]), SmallRun.Student(_folder["killed"]));

        // A run that is killed between the record of a stage and the removal of its checkpoints leaves them; its repetition removes them.
        var left = Directory.CreateDirectory(Path.Combine(_folder["killed"], "checkpoints"));
        File.WriteAllText(Path.Combine(left.FullName, "pretrain-000000002.safetensors"), "left");
        Cli.Expect(0, _folder.Path, SmallRun.Arguments(_folder["killed"])).Dispose();
        Assert.Empty(left.GetFiles());
    }

    /// <summary>
    /// Methods that keep something beside the networks: a queue and a slow copy; a centre and a teacher; memories and clusters of the last
    /// epoch.
    /// </summary>
    [Theory]
    [InlineData("moco-v2")]
    [InlineData("dino", "--set", "pretrain.local_views.count=2")]
    [InlineData("deepcluster-v2")]
    public void Should_End_In_The_Same_Encoder_After_Kill_9_Whatever_The_Method_Remembers(string method, params string[] more)
    {
        string[] Pretrain(string run) => ["pretrain", .. SmallRun.Arguments(run, ["--pretrain-method", method, .. more])[2..]];
        Cli.Expect(0, _folder.Path, Pretrain(_folder["whole"])).Dispose();
        using (var killed = Cli.Start(_folder.Path, Pretrain(_folder["killed"])))
        {
            var checkpoints = Path.Combine(_folder["killed"], "checkpoints");
            Assert.True(
                killed.Until(() => Directory.Exists(checkpoints) && Directory.GetFiles(checkpoints, "pretrain-*.safetensors").Length > 1),
                killed.Error);
            killed.Kill();
        }

        using var resumed = Cli.Expect(0, _folder.Path, Pretrain(_folder["killed"]));
        Assert.Contains("resuming", resumed.Error, StringComparison.Ordinal);
        Assert.Equal(SmallRun.Encoder(_folder["whole"]), SmallRun.Encoder(_folder["killed"]));
    }

    [Theory]
    [InlineData("INT", "TERM")]
    [InlineData("USR1")]
    public void Should_Save_And_Exit_130_On_Ctrl_C_And_The_Like(params string[] signals)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || signals is not ["USR1"], "SIGUSR1 is heard on Linux alone");
        using var stopped = Cli.Start(_folder.Path, SmallRun.Arguments(_folder["run"], "--set", "pretrain.epochs=400"));
        var metrics = Path.Combine(_folder["run"], "metrics.jsonl");
        Assert.True(stopped.Until(() => File.Exists(metrics) && new FileInfo(metrics).Length > 0), stopped.Error);

        // 'timeout' sends its signal to the process and to its group: two at once are one.
        stopped.Interrupt(signals);
        stopped.Wait();
        Assert.Equal(130, stopped.ExitCode);
        Assert.Contains("interrupted; what is done is kept", stopped.Error, StringComparison.Ordinal);
        var checkpoint = Directory.GetFiles(Path.Combine(_folder["run"], "checkpoints"), "pretrain-*.safetensors")[0];

        // It is no encoder for others: what it was trained on is not known yet.
        using var taken = Cli.Expect(
            3, _folder.Path, "run", "--encoder", checkpoint, "--out", _folder["other"], "--set", "data.synthetic_train=300",
            "--set", "data.synthetic_test=100");
        Assert.Contains("a checkpoint of a training under way", taken.Error, StringComparison.Ordinal);
    }

    /// <summary>The command that it says to go on with names the directory alone, so that must hold the options.</summary>
    [Fact]
    public void Should_Keep_What_Was_Asked_For_When_Interrupted_Before_There_Is_Data()
    {
        var run = _folder["run"];
        using var stopped = Cli.Start(_folder.Path, SmallRun.Arguments(run, "--set", "data.synthetic_train=40000", "--set", "cluster.k=7"));
        Assert.True(stopped.Until(() => File.Exists(Path.Combine(run, "run.json"))), stopped.Error);
        stopped.Interrupt();
        stopped.Wait();
        Assert.Equal(130, stopped.ExitCode);
        Assert.Contains($"Go on with: autodidact run --out {run}", stopped.Error, StringComparison.Ordinal);
        using var directory = RunDirectory.Open(run);
        Assert.Empty(directory.Record!.Data);
        Assert.Equal(7, directory.Record.GetOptions<RunOptions>().Cluster.K);
    }

    [Fact]
    public void Should_Show_The_Results_When_Interrupted_While_The_Report_Is_Written()
    {
        var run = _folder["run"];
        using var stopped = Cli.Start(
            _folder.Path,
            SmallRun.Arguments(run, "--set", "data.synthetic_train=3000", "--set", "pretrain.epochs=0.2", "--set", "distill.epochs=0.2"));
        Assert.True(stopped.Until(() => stopped.Error.Contains("writing the report", StringComparison.Ordinal)), stopped.Error);
        stopped.Interrupt();
        stopped.Wait();
        Assert.Equal(0, stopped.ExitCode);
        Assert.Contains("exit 4", stopped.Out, StringComparison.Ordinal);
        Assert.Contains($"write it with: autodidact report {run}", stopped.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(run, "report.html")));
        Cli.Expect(0, _folder.Path, "report", run).Dispose();
        Assert.True(File.Exists(Path.Combine(run, "report.html")));
    }
}
