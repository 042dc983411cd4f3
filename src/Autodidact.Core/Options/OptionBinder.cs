using System.Reflection;

namespace Autodidact.Options;

/// <summary>
/// Names, reads, sets and compares the options of nested immutable records. The records are the only place a default, a range
/// ([Range]) or a description ([Description]) is written; the command line, presets and reference read them through this class.
/// </summary>
internal static class OptionBinder
{
    /// <summary>Every option with its type, default, range and description, in declaration order.</summary>
    /// <typeparam name="T">The outermost option record.</typeparam>
    /// <param name="defaults">The values to show as defaults.</param>
    public static IReadOnlyList<OptionDescription> Describe<T>(T defaults)
        where T : notnull =>
        [
            .. OptionProperty.Of(defaults.GetType()).Select(option => new OptionDescription(
                option.Name,
                OptionValue.Describe(option.Type),
                Format(option, defaults),
                option.Description,
                OptionRange.Describe(option.Range))
            {
                Flags = string.Join(", ", option.Flags.Select(flag => flag.Name)),
            }),
        ];

    /// <summary>A copy of the options with one of them set from text.</summary>
    /// <typeparam name="T">The outermost option record.</typeparam>
    /// <param name="options">The options to start from; they stay as they are.</param>
    /// <param name="name">Dotted name, such as <c>pretrain.epochs</c>; hyphens may stand for underscores.</param>
    /// <param name="value">The value as text.</param>
    /// <exception cref="AutodidactException">No option has that name (the nearest are named), or the value is not one it takes.</exception>
    public static T Set<T>(T options, string name, string value)
        where T : notnull
    {
        var option = Find(options, name);
        if (!TryParse(option, value, out var parsed)) throw Refused(option, value);
        try
        {
            return (T)option.With(options, parsed);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is ArgumentException cause)
        {
            throw new AutodidactException(FailureKind.Usage, $"option {option.Name}: got '{value}': {cause.Message}", cause);
        }
    }

    /// <summary>The end of a message that refuses a value: the values that the option takes; null for a value that it takes.</summary>
    /// <param name="type">The outermost option record.</param>
    /// <param name="name">Dotted name of an option that exists.</param>
    /// <param name="value">The value as text.</param>
    internal static string? Expected(Type type, string name, string value)
    {
        var option = OptionProperty.Of(type).First(one => one.Name == name);
        return TryParse(option, value, out _) ? null : Expected(option);
    }

    /// <summary>An option's value as help shows it: its word where it has one; null where the option is not set.</summary>
    /// <typeparam name="T">The outermost option record.</typeparam>
    /// <param name="options">The options.</param>
    /// <param name="name">Dotted name.</param>
    internal static string? Shown<T>(T options, string name)
        where T : notnull
    {
        var option = Find(options, name);
        if (option.Get(options) is null) return null;
        var value = Format(option, options);
        return option.Word is { } word && word.Value == value ? word.Word : value;
    }

    /// <summary>An option's name as <c>run.json</c> spells it: lower case, underscores.</summary>
    /// <param name="name">The name as it was typed.</param>
    public static string NormalName(string name) => OptionAssignment.NormalName(name);

    /// <summary>One option's value as text.</summary>
    /// <typeparam name="T">The outermost option record.</typeparam>
    /// <param name="options">The options.</param>
    /// <param name="name">Dotted name.</param>
    /// <exception cref="AutodidactException">No option has that name.</exception>
    public static string Get<T>(T options, string name)
        where T : notnull => Format(Find(options, name), options);

    /// <summary>The options in which two records differ, in declaration order.</summary>
    /// <typeparam name="T">The outermost option record.</typeparam>
    /// <param name="old">The first, such as what an existing run was started with.</param>
    /// <param name="new">The second, such as what is asked for now.</param>
    public static IReadOnlyList<OptionDifference> Diff<T>(T old, T @new)
        where T : notnull =>
        [
            .. OptionProperty.Of(typeof(T))
                .Select(option => new OptionDifference(option.Name, Format(option, old), Format(option, @new)))
                .Where(difference => difference.Old != difference.New),
        ];

    /// <summary>Checks every range, for options that came from code or JSON instead of <see cref="Set{T}"/>.</summary>
    /// <typeparam name="T">The outermost option record.</typeparam>
    /// <param name="options">The options.</param>
    /// <exception cref="AutodidactException">An option lies outside its range.</exception>
    public static void Validate<T>(T options)
        where T : notnull
    {
        foreach (var option in OptionProperty.Of(options.GetType()))
            if (!Takes(option, option.Get(options)))
                throw Refused(option, Format(option, options));
    }

    private static string Format(OptionProperty option, object options) => OptionValue.Format(option.Get(options), option.NullText);

    private static OptionProperty Find(object options, string name)
    {
        var all = OptionProperty.Of(options.GetType());
        var wanted = NormalName(name);
        return all.FirstOrDefault(option => option.Name == wanted)
            ?? throw new AutodidactException(
                FailureKind.Usage,
                $"unknown option '{name}'{NearestNames.Hint(wanted, all.Select(option => option.Name))}");
    }

    private static bool TryParse(OptionProperty option, string value, out object? parsed)
    {
        parsed = null;
        if (option.AllowsNull && NullTextAttribute.IsNull(value, option.NullText)) return true;
        var text = option.Word is { } word && value.Trim().Equals(word.Word, StringComparison.OrdinalIgnoreCase) ? word.Value : value;
        return OptionValue.TryParse(option.Type, text, out parsed) && Takes(option, parsed);
    }

    private static bool Takes(OptionProperty option, object? value) =>
        OptionRange.Contains(option.Range, value)
        && (option.Path is null || value is not string path || PathOptionAttribute.CanBePath(path));

    private static string Expected(OptionProperty option)
    {
        var range = OptionRange.Describe(option.Range);
        return (option.Path is null ? OptionValue.Expected(option.Type) : "a path")
            + (range.Length == 0 ? "" : $", {range}")
            + (option.Word is { } word ? $", or {word.Word}" : "")
            + (option.AllowsNull ? $", or {option.NullText}" : "");
    }

    private static AutodidactException Refused(OptionProperty option, string value) =>
        new(FailureKind.Usage, $"option {option.Name}: expected {Expected(option)}; got '{value}'");
}
