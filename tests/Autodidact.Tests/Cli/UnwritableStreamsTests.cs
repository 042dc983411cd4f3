using System.Text;
using Autodidact.Cli;
using Autodidact.Cli.Output;
using Autodidact.Cli.Rendering;
using Autodidact.Cli.Startup;
using Autodidact.Pipeline;
using Autodidact.Runs;
using Spectre.Console;

namespace Autodidact.Tests.Cli;

/// <summary>A stream that cannot be written ends no work, and the exit status tells of it.</summary>
public sealed class UnwritableStreamsTests : IDisposable
{
    private const string Full = "No space left on device";

    private readonly string _root = Directory.CreateTempSubdirectory("autodidact-streams-").FullName;
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };
    private int _runs;

    private string RunFolder => Path.Combine(_root, "x");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Should_Finish_A_Run_That_Can_Tell_Nothing()
    {
        Assert.Equal(5, Run(_out, new BrokenWriter(_error, works: false)));
        Assert.Equal(1, _runs);
        Assert.Contains("50.0%", _out.ToString());
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public void Should_Say_That_Lines_Are_Missing_As_Soon_As_It_Can()
    {
        var error = new BrokenWriter(_error, works: false);
        Assert.Equal(5, Run(_out, error, () => error.Works = true));
        Assert.StartsWith($"autodidact: lines before this one could not be written here ({Full})\n", _error.ToString());
        Assert.EndsWith($"autodidact: done, but some lines could not be written to standard error ({Full})\n", _error.ToString());
    }

    [Fact]
    public void Should_Keep_The_Status_Of_A_Failure_That_Cannot_Be_Told() =>
        Assert.Equal(2, Command(_out, new BrokenWriter(_error, works: false)).Run(["run", "--bugdet", "3m"]));

    [Theory]
    [InlineData("--json")]
    [InlineData("--preset=cpu-small")]
    public void Should_Say_Where_The_Results_Are_That_Cannot_Be_Printed(string option)
    {
        Assert.Equal(5, Run(new BrokenWriter(_out, works: false), _error, more: option));
        Assert.EndsWith(
            $"autodidact: standard output cannot be written ({Full}), so the results are not shown; all is kept in {RunFolder}\n",
            _error.ToString());
    }

    [Fact]
    public void Should_Refuse_A_List_That_Cannot_Be_Printed()
    {
        Assert.Equal(5, Command(new BrokenWriter(_out, works: false), _error).Run(["presets"]));
        Assert.Equal($"autodidact: standard output cannot be written ({Full})\n", _error.ToString());
    }

    [Fact]
    public void Should_Call_A_Closed_Standard_Output_Closed()
    {
        Assert.Equal(5, Command(new ClosedWriter(), _error).Run(["--help"]));
        Assert.Equal("autodidact: standard output cannot be written (it is closed)\n", _error.ToString());
    }

    [Fact]
    public void Should_End_Quietly_When_The_Reader_Of_A_Pipe_Has_Read_Enough()
    {
        var asked = 0;
        Assert.Equal(0, Command(new PipeWriter(_out, () => ++asked <= 2), _error).Run(["presets"]));
        Assert.Equal(2, _out.ToString().Count(c => c == '\n'));
        Assert.Equal(0, Run(new PipeWriter(_out, () => false), TextWriter.Null));
        Assert.Equal(1, _runs);
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public void Should_Name_The_Files_That_A_Run_Went_On_Without()
    {
        var missing = new FileNotWritten(Path.Combine(RunFolder, "metrics.jsonl"));
        Assert.Equal(5, Run(_out, _error, events: [new Notice("the disk is full"), missing, missing]));
        Assert.Contains("the disk is full", _error.ToString());
        Assert.EndsWith($"not everything could be written, see above: {missing.Path}\n", _error.ToString());
        Assert.Contains("50.0%", _out.ToString());
    }

    // Spectre draws on a thread of its own, where an exception would end the process.
    [Fact]
    public void Should_Draw_Bars_On_A_Terminal_That_Has_Gone()
    {
        var notices = new NoticeWriter(new BrokenWriter(_error, works: false));
        using var view = new LiveView(AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(notices),
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
        }));
        var result = view.Show(events =>
        {
            events.Report(new StageStarted(Stage.Pretrain, "training", 10));
            events.Report(new StageProgress(Stage.Pretrain, 5, 10, "half", null));
            Thread.Sleep(TimeSpan.FromSeconds(1.2));
            events.Report(new Notice("a line"));
            events.Report(new StageCompleted(Stage.Pretrain, TimeSpan.Zero, false, "done"));
            return 7;
        });
        Assert.Equal(7, result);
        Assert.Equal(Full, notices.Failure);
    }

    private int Run(
        TextWriter results,
        TextWriter notices,
        Action? meanwhile = null,
        string more = "--seed=1",
        params IReadOnlyList<RunEvent> events) =>
        Command(results, notices, meanwhile, events).Run(["run", "--out", RunFolder, more]);

    private CommandLine Command(TextWriter results, TextWriter notices, Action? meanwhile = null, IReadOnlyList<RunEvent>? events = null) =>
        new(new CliHost
        {
            Out = results,
            Error = notices,
            Pipeline = (request, progress, _, _) =>
            {
                _runs++;
                progress.Report(new Notice("at work"));
                meanwhile?.Invoke();
                foreach (var told in events ?? []) progress.Report(told);
                return new RunResult(request.Out!, new Summary { Exits = [new() { Exit = "1", Scores = new() { Knn = 0.5 } }] }, false);
            },
        });

    private sealed class BrokenWriter(TextWriter inner, bool works) : TextWriter
    {
        public bool Works { get; set; } = works;

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Working().Write(value);

        public override void Write(string? value) => Working().Write(value);

        public override void WriteLine(string? value) => Working().WriteLine(value);

        public override void Flush() => Working();

        private TextWriter Working() => Works ? inner : throw new IOException(Full);
    }
}
