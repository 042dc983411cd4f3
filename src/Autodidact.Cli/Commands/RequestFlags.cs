using System.CommandLine;
using System.CommandLine.Parsing;
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

    /// <summary>Adds a flag.</summary>
    /// <param name="name">Such as <c>--budget</c>.</param>
    /// <param name="value">What stands for its value in help, such as <c>30m</c>.</param>
    /// <param name="option">The option it sets (<c>cluster.k</c>): its default is shown, and an earlier <c>--set</c> of it gives way.</param>
    /// <param name="description">What it does.</param>
    /// <param name="apply">Puts the value into the request.</param>
    /// <param name="shown">What help shows in place of the option's default; empty shows none.</param>
    public RequestFlags Add<T>(string name, string value, string option, string description, Func<RunRequest, T, RunRequest> apply, string? shown = null)
    {
        var flag = new Option<T>(name) { Description = description + Default(option, shown), HelpName = value, CustomParser = result => Parse<T>(name, result) };
        command.Add(flag);
        _apply.Add((parsed, request) => parsed.GetResult(flag) is { Implicit: false }
            ? apply(request with { Set = Without(request.Set, option) }, parsed.GetValue(flag)!)
            : request);
        return this;
    }

    /// <summary>Adds a flag without a value.</summary>
    /// <param name="name">Such as <c>--int8</c>.</param>
    /// <param name="option">The option it sets: an earlier <c>--set</c> of it gives way.</param>
    /// <param name="description">What it does.</param>
    /// <param name="apply">Puts it into the request.</param>
    public RequestFlags AddSwitch(string name, string option, string description, Func<RunRequest, RunRequest> apply)
    {
        var flag = new Option<bool>(name) { Description = description };
        command.Add(flag);
        _apply.Add((parsed, request) => parsed.GetValue(flag) ? apply(request with { Set = Without(request.Set, option) }) : request);
        return this;
    }

    /// <summary>Adds <c>--set</c>.</summary>
    public RequestFlags AddSet()
    {
        var set = new Option<string[]>("--set")
        {
            Description = "set any option by name; may be repeated; 'autodidact presets NAME' lists them all",
            HelpName = "name=value",
            Arity = ArgumentArity.OneOrMore,
        };
        command.Add(set);
        _apply.Add((parsed, request) => (parsed.GetValue(set) ?? []) is { Length: > 0 } given
            ? request with { Set = [.. given.Aggregate(request.Set, (kept, one) => Without(kept, one.Split('=')[0])), .. given] }
            : request);
        return this;
    }

    /// <summary>Adds <c>DATA</c>, first on the line.</summary>
    public RequestFlags AddData()
    {
        var data = new Argument<string?>("DATA")
        {
            Description = $"images to learn: a folder, a .zip, a folder of CIFAR binaries, or synthetic{Default("data.source", shown: null)}",
            Arity = ArgumentArity.ZeroOrOne,
        };
        RefuseOptions(data);
        command.Add(data);
        _apply.Add((parsed, request) => parsed.GetValue(data) is { } path ? request with { Data = path } : request);
        return this;
    }

    /// <summary>What was typed, over what the run directory was started with: naming an existing run alone repeats its request.</summary>
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
    public static void RefuseOptions(Argument<string?> argument) => argument.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: ['-', ..] and var value }]) result.AddError($"unknown option '{value}'");
    });

    private static T? Parse<T>(string name, ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (OptionValue.TryParse(typeof(T), text, out var value)) return (T)value!;
        result.AddError($"{name}: expected {OptionValue.Expected(typeof(T))}; got '{text}'");
        return default;
    }

    private string Default(string option, string? shown) =>
        !showsDefaults || shown is "" ? "" : $" [default: {shown ?? OptionBinder.Get(Defaults, option)}]";

    private static List<string> Without(IReadOnlyList<string> assignments, string name) =>
        [.. assignments.Where(one => !one.Split('=')[0].Trim().Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))];
}
