namespace Autodidact.Options;

/// <summary>A flag with the option it sets.</summary>
/// <param name="Option">Full name of the option.</param>
/// <param name="Flag">The flag.</param>
/// <param name="Description">The option's description.</param>
internal sealed record OptionFlag(string Option, FlagAttribute Flag, string Description)
{
    /// <summary>Name of the flag's value in a request as JSON.</summary>
    public string Key => Flag.Key ?? OptionAssignment.NormalName(Flag.Name.TrimStart('-'));

    /// <summary>Every flag of an option record and of the records that it nests, in declaration order.</summary>
    /// <param name="type">The outermost record.</param>
    public static IReadOnlyList<OptionFlag> Of(Type type) =>
    [
        .. OptionProperty.Of(type).SelectMany(option => option.Flags.Select(flag => new OptionFlag(option.Name, flag, option.Description))),
    ];
}
