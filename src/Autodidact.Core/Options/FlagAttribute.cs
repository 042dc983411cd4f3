namespace Autodidact.Options;

/// <summary>
/// A flag of the command line that is another name of an option. The commands make their flags from it: the option's property gives the
/// description, the default, the type and the range.
/// </summary>
/// <param name="name">Such as <c>--clusters</c>, or <c>DATA</c> for the argument without a name.</param>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
internal sealed class FlagAttribute(string name) : Attribute
{
    /// <summary>The flag.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// Word that stands for the value in help, such as <c>N|auto</c>; null for a switch, which takes none and sets <c>true</c>.
    /// </summary>
    public string? Value { get; init; }

    /// <summary>The text that help shows in place of the option's default; empty shows none.</summary>
    public string? Shown { get; init; }

    /// <summary>The one command that has the flag under this name; null for all others.</summary>
    public string? Command { get; init; }

    /// <summary>Name in a request as JSON; null is the flag's own, <c>pretrain_data</c> for <c>--pretrain-data</c>.</summary>
    public string? Key { get; init; }

    /// <summary>Options that the flag sets to 0 unless somebody asks for them: a budget takes the place of a preset's epochs.</summary>
    public string[] Resets { get; init; } = [];
}
