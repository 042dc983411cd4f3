using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Autodidact.Cli.Commands;
using Autodidact.Cli.Output;
using Autodidact.Options;

namespace Autodidact.Cli.Startup;

/// <summary>The <c>autodidact</c> command: parses, calls, and turns every failure into one line and an exit status.</summary>
internal sealed class CommandLine
{
    private const string Name = "autodidact";

    private readonly CliHost _host;

    public CommandLine(CliHost host)
    {
        _host = host;
        // Not a RootCommand: that one is named after the assembly's file, which is not what a user types.
        Root = new Command(Name, "Trains a compact image model with early exits from unlabelled images. Start with: autodidact run")
        {
            new HelpOption(),
            new VersionOption(),
            RunCommand.Create(host),
            PlanCommand.Create(host),
            PretrainCommand.Create(host),
            ClusterCommand.Create(host),
            DistillCommand.Create(host),
            EvaluateCommand.Create(host),
            ExportCommand.Create(host),
            PredictCommand.Create(host),
            EmbedCommand.Create(host),
            SearchCommand.Create(host),
            ReportCommand.Create(host),
            CompareCommand.Create(host),
            ExperimentCommand.Create(host),
            VerifyCommand.Create(host),
            DoctorCommand.Create(host),
            MethodsCommand.Create(host),
            PresetsCommand.Create(host),
        };
        TypedOptions.Check(Root);
        Root.SetAction(parsed => new HelpAction().Invoke(parsed));
        ExamplesHelp.Install(Root);
    }

    public Command Root { get; }

    public int Run(string[] args)
    {
        try
        {
            CurrentDirectory.Require();

            // A file name may begin with @, so response files are off.
            var parsed = Root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0 && parsed.Action is not ExamplesHelp) return Fail(ExitStatus.Usage, UsageError(parsed));
            if (parsed.Action is not ExamplesHelp && Empty(parsed) is { } empty) return Fail(ExitStatus.Usage, empty);
            var status = parsed.Invoke(new InvocationConfiguration
            {
                Output = _host.Out,
                Error = _host.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
            return status == ExitStatus.Done && _host.ErrorFailure is { } failure
                ? Fail(ExitStatus.Environment, $"done, but some lines could not be written to standard error ({failure})")
                : status;
        }
        catch (ReaderGoneException)
        {
            return ExitStatus.Done;
        }
        catch (Exception exception)
        {
            return Fail(exception, args);
        }
    }

    /// <summary>Tells a failure in one line.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="args">The command's arguments, for the details of a defect.</param>
    /// <returns>The exit status that it means.</returns>
    public int Fail(Exception exception, string[] args)
    {
        var (status, line) = ExitStatus.Of(exception);
        if (line is not null) return Fail(status, line);
        var log = ErrorLog.Write(exception, args);
        var details = log is null ? "" : $" (details: {log})";
        return Fail(status, $"unexpected: {exception.GetType().Name}: {Failure.FirstLine(exception)}{details}");
    }

    private static string UsageError(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var isRoot = command.Name == Name;
        var name = isRoot ? Name : $"{Name} {command.Name}";
        var unknown = parsed.UnmatchedTokens.Concat(MisplacedOptions(parsed.CommandResult)).FirstOrDefault(token => token.StartsWith('-'))
            ?? parsed.UnmatchedTokens.FirstOrDefault();
        var message = unknown switch
        {
            null when command.Arguments.FirstOrDefault(argument => IsMissing(parsed, argument)) is { } missing => Missing(missing),
            null => (parsed.Errors.Select(BadValue).FirstOrDefault(line => line is not null) ?? parsed.Errors[0].Message).TrimEnd('.'),
            ['-', ..] => $"unknown option '{unknown}'{NearestNames.Hint(unknown, command.Options.Select(option => option.Name))}",
            _ when isRoot => $"unknown command '{unknown}'{NearestNames.Hint(unknown, command.Subcommands.Select(sub => sub.Name))}",
            _ => $"unexpected argument '{unknown}'",
        };
        return $"{message} (see {name} --help)";
    }

    /// <summary>No path and no name is empty; an image among many is answered by itself.</summary>
    private static string? Empty(ParseResult parsed)
    {
        var empty = parsed.CommandResult.Children.FirstOrDefault(result =>
            result is not ArgumentResult { Argument.Name: ModelArguments.ImageName }
            && result.Tokens.Any(token => token.Value.Length == 0));
        var name = (empty as ArgumentResult)?.Argument.Name ?? (empty as OptionResult)?.Option.Name;
        return name is null ? null : $"{name}: expected a value; got '' (see {Name} {parsed.CommandResult.Command.Name} --help)";
    }

    private static bool IsMissing(ParseResult parsed, Argument argument) =>
        argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument)?.Tokens is null or [];

    private static string Missing(Argument argument)
    {
        var description = argument.Description ?? "";
        return $"{argument.Name} is missing: name {(argument.Arity.MaximumNumberOfValues > 1 ? description : Plural.One(description))}";
    }

    /// <summary>The parser's own message of a value that does not fit names a type of .NET: this one names the choices.</summary>
    private static string? BadValue(ParseError error) =>
        error.SymbolResult is OptionResult { Option: var option, Tokens: [{ Value: var value }] }
            && TypedOptions.Expects(option, value) is { } expected
            ? $"{option.Name}: expected {expected}; got '{value}'"
            : null;

    // The parser hands an option it does not know to the first positional argument that is free.
    private static IEnumerable<string> MisplacedOptions(CommandResult command) =>
        command.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value);

    private int Fail(int status, string line)
    {
        _host.Error.WriteLine($"{Name}: {line}");
        return status;
    }
}
