using System.CommandLine;
using Autodidact.Options;

namespace Autodidact.Cli;

/// <summary>
/// Values of options that are more than text: they are read by the rules of options everywhere, and a wrong one is told with the choices
/// there are.
/// </summary>
internal static class TypedOptions
{
    private static readonly Type[] Numbers = [typeof(int), typeof(long), typeof(ulong), typeof(float), typeof(double)];

    /// <summary>
    /// Lets the options of a command and of those below it refuse what the parser would take: the number of a choice, or one that does not
    /// exist.
    /// </summary>
    public static void Check(Command command)
    {
        foreach (var option in command.Options.Where(option => IsTyped(option.ValueType)))
        {
            option.Validators.Add(result =>
            {
                if (result.Tokens is [{ Value: var value }] && Expects(option, value) is { } expected)
                {
                    result.AddError($"{option.Name}: expected {expected}; got '{value}'");
                }
            });
        }

        foreach (var below in command.Subcommands) Check(below);
    }

    /// <summary>The kind of value an option expects, if a text is none; null if the text fits or the option takes any.</summary>
    public static string? Expects(Option option, string value) =>
        IsTyped(option.ValueType) && !OptionValue.TryParse(option.ValueType, value, out _) ? OptionValue.Expected(option.ValueType) : null;

    private static bool IsTyped(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare.IsEnum || Numbers.Contains(bare);
    }
}
