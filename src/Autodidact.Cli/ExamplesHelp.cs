using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Autodidact.Cli;

/// <summary>Help of a command, with its examples at the end.</summary>
internal sealed class ExamplesHelp(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly Dictionary<Command, string[]> Examples = [];

    public override bool ClearsParseErrors => true;

    /// <summary>Gives a command examples and closing remarks, line by line.</summary>
    public static Command With(Command command, params string[] examples)
    {
        Examples[command] = examples;
        return command;
    }

    /// <summary>Puts examples into the help of the root's commands.</summary>
    public static void Install(Command root)
    {
        foreach (var option in root.Options.OfType<HelpOption>()) option.Action = new ExamplesHelp((HelpAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        var status = help.Invoke(parseResult);
        if (!Examples.TryGetValue(parseResult.CommandResult.Command, out var lines)) return status;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var line in lines) output.WriteLine(line.Length == 0 ? "" : "  " + line);
        output.WriteLine();
        return status;
    }
}
