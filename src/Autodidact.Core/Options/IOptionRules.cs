namespace Autodidact.Options;

/// <summary>An option record that knows which of its values do not go together.</summary>
internal interface IOptionRules
{
    /// <summary>The rules, kept in a static field: a field of the record would be compared with it.</summary>
    IReadOnlyList<OptionRule> Rules { get; }
}
