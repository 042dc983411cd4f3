using System.Diagnostics;

namespace Autodidact.IntegrationTests;

/// <summary>Streams and files that cannot be written, readers that leave, and signals: no work is lost and no process aborts.</summary>
public sealed class UnwritableTests(ExportedModel model) : IClassFixture<ExportedModel>, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Should_Finish_A_Run_Whose_Log_And_Standard_Error_Cannot_Be_Written()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs a device that is always full");
        var run = _folder["run"];
        var settings = ExportedModel.Settings.Append($"data.source={model.Pictures}").SelectMany(s => new[] { "--set", s });
        using var first = Cli.Expect(0, _folder.Path, ["pretrain", run, .. settings]);
        File.Delete(Path.Combine(run, "metrics.jsonl"));
        Directory.CreateDirectory(Path.Combine(run, "metrics.jsonl"));
        Directory.Delete(Path.Combine(run, "tensorboard"), recursive: true);
        File.WriteAllText(Path.Combine(run, "tensorboard"), "in the way");
        using var rest = Shell(5, $"$CLI run --out {run}");
        Assert.Contains("exit 1", rest.Out, StringComparison.Ordinal);
        Assert.Equal(2, rest.Error.Split("the run goes on without this file").Length - 1);
        Assert.Contains("metrics.jsonl", rest.Error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(run, "report.html")));
        using var silent = Shell(5, $"$CLI evaluate {run} 2>/dev/full");
        Assert.Contains("exit 1", silent.Out, StringComparison.Ordinal);
        using var closed = Shell(0, $"$CLI evaluate {run} 2>&-");
        Assert.Contains("exit 1", closed.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Tell_What_Could_Not_Be_Printed_And_Leave_With_The_Reader()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs a device that is always full");
        using var full = Shell(5, $"$CLI predict {model.Model} {model.Picture} >/dev/full");
        Assert.Contains("autodidact: standard output cannot be written (No space left on device)", full.Error, StringComparison.Ordinal);
        using var closed = Shell(5, $"$CLI predict {model.Model} {model.Picture} >&-");
        Assert.Contains("autodidact: standard output cannot be written (it is closed)", closed.Error, StringComparison.Ordinal);
        using var nothing = Shell(5, $"$CLI predict {model.Model} {model.Picture} <&- >&- 2>&-");
        using var list = Shell(3, $"$CLI predict {model.Model} - <&-");

        // The list never ends by itself.
        var predict = $"{{ $CLI predict {model.Model} -; echo \"status $?\" >&2; }}";
        using var head = Shell(0, $"yes {model.Picture} 2>/dev/null | {predict} | head -n 1");
        Assert.Equal("status 0", head.Error.Trim());
        Assert.Single(head.Out.Trim().Split('\n'));
    }

    // Without a current directory, libtorch's mathematics library would end the process.
    [Fact]
    public void Should_Say_That_The_Current_Directory_Has_Been_Deleted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps the current directory of a process");
        using var doctor = Shell(5, "mkdir gone; cd gone; rmdir ../gone; $CLI doctor");
        Assert.Equal(
            "autodidact: the current directory has been deleted or cannot be reached: change to another one", doctor.Error.Trim());
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public void Should_Stop_At_A_Signal_While_It_Waits_For_Names(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such signals");
        var pictures = Enumerable.Repeat(model.Pictures, 5);

        // Its first answers, or its temporary file, show that it listens; then it waits for a name.
        using var predict = Cli.Start(_folder.Path, ["predict", model.Model, .. pictures, "-"]);
        using var embed = Cli.Start(_folder.Path, ["embed", model.Model, .. pictures, "-", "--out", "features.npy"]);
        Assert.True(predict.Until(() => predict.Out.Length > 0));
        Assert.True(embed.Until(() => Directory.EnumerateFiles(_folder.Path).Any()));
        foreach (var command in new[] { predict, embed })
        {
            command.Interrupt(signal);
            var clock = Stopwatch.StartNew();
            Assert.False(command.Until(() => clock.Elapsed > TimeSpan.FromSeconds(30)), "it goes on");
            Assert.Equal(130, command.ExitCode);
            Assert.Contains("autodidact: interrupted; ", command.Error, StringComparison.Ordinal);
        }

        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    private ChildProcess Shell(int status, string line) =>
        ChildProcess.Expect(status, "sh", _folder.Path, "-c", $"CLI='dotnet {Cli.Program}'; {line}");
}
