using System.Text.RegularExpressions;

namespace Autodidact.Options;

/// <summary>
/// One rule about the options of a record, declared beside the record (<see cref="IOptionRules"/>). Names are relative to the record:
/// <c>hint_form</c>, <c>relations.angle</c>, or <c>relations.</c> for a whole group. Texts name options in braces, <c>{hint} is above
/// 0</c>, so that messages can name them in full.
/// </summary>
internal sealed partial class OptionRule
{
    private readonly Func<object, bool> _isBroken;
    private readonly Func<object, string> _text;
    private readonly string _fixedText;

    private OptionRule(
        IReadOnlyList<string> options, bool onlyIfAsked, Func<object, bool> isBroken, Func<object, string> text, string fixedText = "")
    {
        Options = options;
        OnlyIfAsked = onlyIfAsked;
        _isBroken = isBroken;
        _text = text;
        _fixedText = fixedText;
    }

    /// <summary>The options that the rule refuses, or groups of them with a dot at the end.</summary>
    public IReadOnlyList<string> Options { get; }

    /// <summary>
    /// Whether the rule is about options that somebody asked for: a preset may hold settings that come into play with others.
    /// </summary>
    public bool OnlyIfAsked { get; }

    /// <summary>
    /// Options that are read only where others have certain values. Asked for elsewhere they would do nothing, so they are refused.
    /// </summary>
    /// <typeparam name="T">The record.</typeparam>
    /// <param name="isRead">Whether anything reads them.</param>
    /// <param name="where">When something does, such as <c>{hint} is above 0</c>.</param>
    /// <param name="options">The options.</param>
    public static OptionRule ReadWhere<T>(Func<T, bool> isRead, string where, params string[] options)
    {
        var text = $"it is read only where {where}: leave it out, or set that too";
        return new(options, true, record => !isRead((T)record), _ => text, text);
    }

    /// <summary>An option that contradicts others only where somebody asked for it.</summary>
    /// <typeparam name="T">The record.</typeparam>
    /// <param name="contradicts">Whether it does.</param>
    /// <param name="text">Why, and what to do instead.</param>
    /// <param name="options">The options.</param>
    public static OptionRule RefuseAsked<T>(Func<T, bool> contradicts, Func<T, string> text, params string[] options) =>
        new(options, true, record => contradicts((T)record), record => text((T)record));

    /// <summary>Values that contradict each other, wherever they come from.</summary>
    /// <typeparam name="T">The record.</typeparam>
    /// <param name="option">The option that is to change.</param>
    /// <param name="contradicts">Whether the values contradict each other.</param>
    /// <param name="text">Why, and what to do instead.</param>
    public static OptionRule Refuse<T>(string option, Func<T, bool> contradicts, string text) =>
        new([option], false, record => contradicts((T)record), _ => text, text);

    /// <summary>Values that contradict each other, where the text depends on them.</summary>
    /// <typeparam name="T">The record.</typeparam>
    /// <param name="option">The option that is to change.</param>
    /// <param name="contradicts">Whether the values contradict each other.</param>
    /// <param name="text">Why, and what to do instead.</param>
    public static OptionRule Refuse<T>(string option, Func<T, bool> contradicts, Func<T, string> text) =>
        new([option], false, record => contradicts((T)record), record => text((T)record));

    /// <summary>The message where a record breaks the rule; null where it keeps it.</summary>
    /// <param name="record">The record.</param>
    /// <param name="asked">Full names of the options that somebody asked for.</param>
    /// <param name="prefix">What stands before the record's own names, such as <c>distill.loss.</c>.</param>
    public string? Message(object record, IEnumerable<string> asked, string prefix)
    {
        var name = OnlyIfAsked ? asked.FirstOrDefault(one => IsAbout(one, prefix)) : (prefix + Options[0]).TrimEnd('.');
        return name is not null && _isBroken(record) ? $"{name}: {Complete(_text(record), prefix)}" : null;
    }

    /// <summary>
    /// The options that the rule names: those it refuses, and those in its text, where the text does not depend on values.
    /// </summary>
    public IEnumerable<string> Names() => Options.Concat(Named().Matches(_fixedText).Select(match => match.Groups[1].Value));

    private static string Complete(string text, string prefix) => Named().Replace(text, match => prefix + match.Groups[1].Value);

    private bool IsAbout(string asked, string prefix)
    {
        foreach (var option in Options)
        {
            var name = prefix + option;
            if (name.EndsWith('.') ? asked.StartsWith(name, StringComparison.Ordinal) : asked == name)
            {
                return true;
            }
        }

        return false;
    }

    [GeneratedRegex(@"\{([a-z0-9_.]+)\}")]
    private static partial Regex Named();
}
