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

    private int Show(bool json, params DoctorRow[] rows) =>
        DoctorCommand.Show(
            new CliHost { Out = _out, Error = _error, Pipeline = (_, _, _, _) => throw new InvalidOperationException() },
            new DoctorReport(rows),
            json);
}
