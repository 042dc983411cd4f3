using System.CommandLine;
using System.CommandLine.Parsing;
using Autodidact.Configuration;
using Autodidact.Options;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary>The flags of one command that make up a <see cref="RunRequest"/>, and the way from what was typed to the request.</summary>
/// <param name="command">The command they are added to.</param>
/// <param name="showsDefaults">Whether help shows defaults: a command over an existing run has that run's instead.</param>
internal sealed class RequestFlags(Command command, bool showsDefaults)
{
    private static readonly RunOptions Defaults = Presets.Get(Presets.Default).Options;

    private readonly List<Func<ParseResult, RunRequest, RunRequest>> _apply = [];

    /// <summary>Adds the flags of options, each as its option describes it, and <c>--set</c> for every other option.</summary>
    /// <param name="flags">The flags.</param>
    public RequestFlags Add(IEnumerable<OptionFlag> flags)
    {
        foreach (var flag in flags) Add(flag);
        return AddSet();
    }

    /// <summary>The typed options over the request of the run directory: naming an existing run alone repeats its request.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="directory">The run directory; null makes a new one, numbered.</param>
    public RunRequest Read(ParseResult parsed, string? directory)
    {
        var request = new RunRequest();
        if (directory is not null && RunDirectory.Exists(directory))
        {
            using var run = RunDirectory.Open(directory);
            request = run.Record?.GetRequest<RunRequest>() ?? request;
        }
        request = _apply.Aggregate(request, (current, apply) => apply(parsed, current));
        return request with { Out = directory ?? RunNumbering.Next(RunOptions.Resolve(request).Data.Source) };
    }

    /// <summary>Makes a mistyped option an error instead of a file name.</summary>
    public static void RefuseOptions(Argument argument) => argument.Validators.Add(result =>
    {
        if (result.Tokens.FirstOrDefault(token => token.Value is ['-', ..]) is { } option)
            result.AddError($"unknown option '{option.Value}'");
    });

    private void Add(OptionFlag flag)
    {
        var (name, value) = (flag.Flag.Name, flag.Flag.Value);
        var description = flag.Description + Default(flag);
        if (!name.StartsWith('-'))
        {
            var argument = new Argument<string?>(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };
            RefuseOptions(argument);
            command.Add(argument);
            _apply.Add((parsed, request) => parsed.GetValue(argument) is { } text ? request.With(flag, text) : request);
        }
        else if (value is null)
        {
            var option = new Option<bool>(name) { Description = description };
            command.Add(option);
            _apply.Add((parsed, request) =>
                IsGiven(parsed, option) ? request.With(flag, parsed.GetValue(option) ? "true" : "false") : request);
        }
        else
        {
            var option = new Option<string>(name) { Description = description, HelpName = value };
            option.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value: var text }] && OptionBinder.Expected(typeof(RunOptions), flag.Option, text) is { } expected)
                    result.AddError($"{name}: expected {expected}; got '{text}'");
            });
            command.Add(option);
            _apply.Add((parsed, request) => IsGiven(parsed, option) ? request.With(flag, parsed.GetValue(option)!) : request);
        }
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private RequestFlags AddSet()
    {
        var set = new Option<string[]>("--set")
        {
            Description = "set any option by name; may be repeated; 'autodidact presets NAME' lists them all",
            HelpName = "name=value",
            Arity = ArgumentArity.OneOrMore,
        };
        command.Add(set);
        _apply.Add((parsed, request) => (parsed.GetValue(set) ?? []).Select(OptionAssignment.Parse)
            .Aggregate(request, (current, one) => current.With(one.Name, one.Value)));
        return this;
    }

    private string Default(OptionFlag flag)
    {
        var isSwitch = flag.Flag.Value is null && flag.Flag.Name.StartsWith('-');
        if (!showsDefaults || isSwitch || flag.Flag.Shown is "") return "";
        var shown = flag.Flag.Shown ?? OptionBinder.Shown(Defaults, flag.Option);
        return shown is null ? "" : $" [default: {shown}]";
    }
}
