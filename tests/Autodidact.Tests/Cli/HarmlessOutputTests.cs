using System.Text.Json;
using Autodidact.Cli;
using Autodidact.Cli.Rendering;
using Autodidact.Cli.Startup;
using Autodidact.Runs;
using Autodidact.Tests.Images;
using Autodidact.Tests.Inference;
using Autodidact.Tests.Serialization;

namespace Autodidact.Tests.Cli;

/// <summary>No name of a file and no value in one reaches a terminal as an escape sequence or as a line of its own.</summary>
public sealed class HarmlessOutputTests(ExportedModel exported) : IClassFixture<ExportedModel>, IDisposable
{
    private const string Evil = "\u001b]0;owned\u0007\u009b2J\nautodidact: all is well\u202e.png";
    private const string Shown = "\\u001b]0;owned\\u0007\\u009b2J\\nautodidact: all is well\\u202e.png";

    private readonly ScratchFolder _scratch = new();
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("predict", "table")]
    [InlineData("predict", "json")]
    [InlineData("predict", "csv")]
    [InlineData("embed", "table")]
    public void Should_Show_Names_Of_Images_Harmlessly_On_A_Terminal(string command, string format)
    {
        var picture = Picture();
        var index = _scratch["index.npy"];
        string[] arguments = command == "embed" ? ["--out", index] : ["--format", format];
        Assert.Equal(3, Run(terminal: true, [command, exported.Folder, picture, picture + "-missing", .. arguments]));
        AssertHarmless();
        AssertShown(command == "embed" ? _error : _out);
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("csv")]
    public void Should_Show_Keys_Of_An_Index_Harmlessly_On_A_Terminal(string format)
    {
        var picture = Picture();
        Assert.Equal(0, Run(terminal: true, "embed", exported.Folder, picture, "--out", _scratch["index.npy"]));
        Assert.Equal(0, Run(terminal: true, "search", exported.Folder, _scratch["index.npy"], picture, "--format", format));
        AssertHarmless();
        AssertShown(_out);
    }

    [Fact]
    public void Should_Hand_Programs_The_Very_Key()
    {
        var picture = Picture();
        Assert.Equal(0, Run(terminal: false, "predict", exported.Folder, picture, "--format", "csv"));
        Assert.Contains($"\"{picture}\",", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, Run(terminal: false, "predict", exported.Folder, picture, "--format", "json"));
        AssertHarmless();
        Assert.Equal(picture, JsonDocument.Parse(_out.ToString()).RootElement.GetProperty("file").GetString());
    }

    [Fact]
    public void Should_Write_A_Spreadsheet_That_Computes_Nothing()
    {
        Assert.Equal(3, Run(terminal: false, "predict", exported.Folder, "=1+1|'x'!A0", "--format", "spreadsheet"));
        var lines = _out.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal("file,cluster,name,confidence,exit,macs,problem", lines[0]);
        Assert.StartsWith("\"'=1+1|'x'!A0\",\"\",", lines[1], StringComparison.Ordinal);
        var picture = Picture();
        Assert.Equal(0, Run(terminal: false, "embed", exported.Folder, picture, "--out", _scratch["index.npy"]));
        Assert.Equal(0, Run(terminal: false, "search", exported.Folder, _scratch["index.npy"], picture, "--format", "spreadsheet"));
        AssertHarmless();
        AssertShown(_out);
    }

    [Theory]
    [InlineData("predict", Evil, "x.png")]
    [InlineData("search", Evil, "index.npy", "x.png")]
    [InlineData("report", Evil)]
    [InlineData("experiment", Evil)]
    [InlineData("run", "--set", "pretrain.epochs=" + Evil)]
    [InlineData("run", "--set", Evil + "=3")]
    [InlineData(Evil)]
    [InlineData("run", "--" + Evil)]
    public void Should_Refuse_In_One_Harmless_Line(params string[] arguments)
    {
        Assert.NotEqual(0, Run(terminal: true, arguments));
        AssertHarmless();
        Assert.Single(_error.ToString().TrimEnd('\n').Split('\n'));
        AssertShown(_error);
    }

    [Fact]
    public void Should_Show_The_Progress_Of_A_Run_Harmlessly()
    {
        using var view = new PlainView(new HarmlessWriter(_error), TimeProvider.System);
        view.Show(events =>
        {
            events.Report(new Notice(Evil));
            return 0;
        });
        AssertHarmless();
        AssertShown(_error);
    }

    [Fact]
    public void Should_Keep_The_Lines_Of_Help()
    {
        Assert.Equal(0, Run(terminal: true, "predict", "--help"));
        AssertHarmless();
        Assert.DoesNotContain("\\n", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("\nExamples:\n", _out.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private static void AssertShown(StringWriter text) => Assert.Contains(Shown, text.ToString(), StringComparison.OrdinalIgnoreCase);

    private void AssertHarmless()
    {
        foreach (var text in new[] { _out.ToString(), _error.ToString() })
        {
            Assert.DoesNotContain(text, c => c != '\n' && Harmless.IsObeyed(c));
            Assert.DoesNotContain("\nautodidact: all is well", text, StringComparison.Ordinal);
        }
    }

    private string Picture()
    {
        var path = _scratch[Evil];
        File.WriteAllBytes(path, TestImages.Png(20, 24, seed: 1));
        return path;
    }

    private int Run(bool terminal, params string[] arguments)
    {
        _out.GetStringBuilder().Clear();
        _error.GetStringBuilder().Clear();
        return new CommandLine(new CliHost
        {
            Out = _out,
            Error = _error,
            OutIsTerminal = terminal,
            In = new StringReader(""),
            Pipeline = (_, _, _, _) => throw new InvalidOperationException("no run is begun"),
        }).Run(arguments);
    }
}
