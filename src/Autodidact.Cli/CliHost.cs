using Autodidact.Cli.Output;
using Autodidact.Cli.Rendering;
using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.RunReports;
using Autodidact.Runs;
using Spectre.Console;

namespace Autodidact.Cli;

/// <summary>Runs the library's pipeline; a parameter so that tests can watch what the command line asks for.</summary>
internal delegate RunResult PipelineCall(RunRequest request, IProgress<RunEvent> events, CancellationToken cancellationToken, Stage? only);

/// <summary>Writes the page that shows a run; a parameter for the same reason.</summary>
internal delegate WrittenReport ReportCall(string run, RunReportOptions options, CancellationToken cancellationToken);

/// <summary>The streams the commands write to and the library they call.</summary>
internal sealed class CliHost
{
    private const int PipeWidth = 120;

    private readonly NoticeWriter? _notices;

    /// <summary>Results: nothing else is written here. A terminal cannot obey what is written.</summary>
    /// <exception cref="UnwrittenResultException">Thrown by every writing that fails.</exception>
    public required TextWriter Out { get; init => field = new HarmlessWriter(new ResultWriter(value)); }

    /// <summary>Lists of files, where a command is asked to read them.</summary>
    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Progress, notices and errors. A terminal cannot obey what is written. Writing never fails.</summary>
    public required TextWriter Error
    {
        get;
        init => field = new HarmlessWriter(_notices = value as NoticeWriter ?? new NoticeWriter(value));
    }

    /// <summary>Why some text for <see cref="Error"/> was lost; null where none was.</summary>
    public string? ErrorFailure => _notices?.Failure;

    /// <summary>The library.</summary>
    public required PipelineCall Pipeline { get; init; }

    /// <summary>Writes the report at the end of a run; null writes none.</summary>
    public ReportCall? Report { get; init; }

    /// <summary>Columns of the terminal results go to.</summary>
    public int Width { get; init; } = PipeWidth;

    /// <summary>Whether <see cref="Out"/> is a terminal.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>The terminal behind <see cref="Out"/>; null when it is a pipe or a file, or colours are not wanted.</summary>
    public IAnsiConsole? StyledOut { get; init; }

    /// <summary>The terminal behind <see cref="Error"/>; null when it is a pipe or a file.</summary>
    public IAnsiConsole? LiveError { get; init; }

    /// <summary>Whether Ctrl-C, SIGTERM and SIGHUP are listened to.</summary>
    public bool HandlesSignals { get; init; }

    public static CliHost ForConsole()
    {
        var dumb = Environment.GetEnvironmentVariable("TERM") == "dumb";
        var colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var outIsOpen = StandardStreams.IsOpen(StandardStreams.Out);
        var errorIsOpen = StandardStreams.IsOpen(StandardStreams.Error);
        var outIsTerminal = outIsOpen && !Console.IsOutputRedirected && !dumb;
        TextWriter results =
            outIsOpen ? new PipeWriter(Console.Out, () => StandardStreams.HasReader(StandardStreams.Out)) : new ClosedWriter();

        // Whoever closes standard error does not want to be told anything: that is no failure.
        var notices = new NoticeWriter(errorIsOpen ? Console.Error : TextWriter.Null);
        return new CliHost
        {
            Out = results,
            In = StandardStreams.IsOpen(StandardStreams.In) ? Console.In : TextReader.Null,
            Error = notices,
            Pipeline = (request, events, cancellationToken, only) => TrainingRun.Of(request).Run(events.Report, only, cancellationToken),
            Report = RunReport.Write,
            Width = outIsTerminal ? Math.Max(40, Console.WindowWidth) : PipeWidth,
            OutIsTerminal = outIsOpen && !Console.IsOutputRedirected,
            StyledOut = outIsTerminal && colours ? Terminal(new ResultWriter(results), colours) : null,
            LiveError = !errorIsOpen || Console.IsErrorRedirected || dumb ? null : Terminal(notices, colours),
            HandlesSignals = true,
        };
    }

    /// <summary>Where progress is shown: live bars on a terminal, plain lines elsewhere.</summary>
    public IRunView View() => LiveError is null ? new PlainView(Error, TimeProvider.System) : new LiveView(LiveError);

    /// <summary>Prints the results of work that is done and lies on the disk.</summary>
    /// <param name="kept">Where the results are kept, for a user who does not see them.</param>
    /// <param name="print">Prints.</param>
    /// <exception cref="AutodidactException">They cannot be printed; kind Environment.</exception>
    public static void Print(string kept, Action print)
    {
        try
        {
            print();
        }
        catch (UnwrittenResultException e)
        {
            throw new AutodidactException(e.Kind, $"{e.Message}, so the results are not shown; {kept}", e);
        }
        catch (ReaderGoneException)
        {
            // The reader has what it wanted.
        }
    }

    /// <summary>Writes a result line; a terminal shows a highlighted one in bold.</summary>
    public void WriteLine(string text, bool highlight = false)
    {
        if (highlight && StyledOut is not null)
            StyledOut.Write(new Text(Harmless.Line(text) + "\n", new Style(decoration: Decoration.Bold)));
        else Out.WriteLine(text);
    }

    /// <summary>Writes a line of a list: a record of CSV as it is into a file or a pipe, everything else harmless.</summary>
    /// <param name="line">The line; a record's fields may hold line breaks.</param>
    /// <param name="format">The list's format.</param>
    public void WriteLine(string line, ListFormat format)
    {
        // Programs get the very key. JSON means the same with the escapes.
        var writer = format == ListFormat.Csv && !OutIsTerminal ? ((HarmlessWriter)Out).Raw : Out;
        writer.WriteLine(line);
    }

    /// <summary>Writes a JSON document of several lines.</summary>
    /// <param name="json">The document.</param>
    public void WriteJson(string json)
    {
        Out.Write(json);
        Out.WriteLine();
    }

    // Spectre would turn escape codes on in a pipe where it recognises a CI service; whether there is a terminal was decided above.
    private static IAnsiConsole Terminal(TextWriter writer, bool colours) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = AnsiSupport.Yes,
        Interactive = InteractionSupport.Yes,
        ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
    });
}
