using System.Text.Json;
using Autodidact.Cli;
using Autodidact.Cli.Commands;
using Autodidact.Native;

namespace Autodidact.Tests.Cli;

public class DoctorCommandTests
{
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    [Fact]
    public void Should_Mark_What_Needs_Attention_And_Fail_Only_When_Training_Cannot_Run()
    {
        Assert.Equal(0, Show(json: false, new("memory", "1.0 GB", DoctorStatus.Warn), new("gpu", "none", DoctorStatus.Ok)));
        Assert.Equal("memory  WARNING: 1.0 GB\ngpu     none\n", _out.ToString());
        Assert.Empty(_error.ToString());
        Assert.Equal(5, Show(json: false, new DoctorRow("libtorch", "does not load", DoctorStatus.Fail)));
        Assert.Contains("FAILED: does not load", _out.ToString());
        Assert.Contains("libtorch", _error.ToString());
    }

    [Fact]
    public void Should_Print_The_Same_For_Programs()
    {
        Assert.Equal(0, Show(json: true, new DoctorRow("gpu", "none", DoctorStatus.Ok)));
        var row = JsonDocument.Parse(_out.ToString()).RootElement.GetProperty("rows")[0];
        Assert.Equal(
            ("gpu", "none", "ok"),
            (row.GetProperty("name").GetString(), row.GetProperty("value").GetString(), row.GetProperty("status").GetString()));
    }

    [Fact]
    public void Should_Say_Which_Limits_Are_Too_Narrow()
    {
        Assert.Equal(("any number of open files, address space without limit", DoctorStatus.Ok), Row(null, null));
        Assert.Equal(("4096 open files, address space 64.0 GB", DoctorStatus.Ok), Row(4096, 64L << 30));
        var (files, bad) = Row(48, null);
        Assert.Equal(("this process may open 48 files, and 128 are needed: raise the limit (ulimit -n)", DoctorStatus.Fail), (files, bad));
        var (space, status) = Row(4096, 5_000_000L << 10);
        Assert.Equal(DoctorStatus.Fail, status);
        Assert.StartsWith("this process may take 4.8 GB of address space, and training needs ", space);

        static (string, DoctorStatus) Row(long? openFiles, long? addressSpace) =>
            DoctorCommand.LimitsRow(openFiles, addressSpace) is var row ? (row.Value, row.Status) : default;
    }

    private int Show(bool json, params DoctorRow[] rows) =>
        DoctorCommand.Show(
            new CliHost { Out = _out, Error = _error, Pipeline = (_, _, _, _) => throw new InvalidOperationException() },
            new DoctorReport(rows),
            json);
}
