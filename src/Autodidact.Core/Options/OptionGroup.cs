namespace Autodidact.Options;

/// <summary>A group of options that a method brings to the options of its stage, such as <c>pretrain.simclr.*</c>.</summary>
public sealed record OptionGroup
{
    /// <summary>Names a group.</summary>
    /// <param name="name">Lower case, digits and underscores, such as <c>barlow_twins</c>.</param>
    /// <param name="defaults">An option record with the values that hold where nothing else is said.</param>
    /// <exception cref="AutodidactException">The name has other signs, or the defaults are no record; kind Usage.</exception>
    public OptionGroup(string name, object defaults)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(defaults);
        if (name.Length == 0 || !char.IsAsciiLetterLower(name[0]) || !name.All(IsSign))
        {
            throw new AutodidactException(
                FailureKind.Usage, $"option group '{name}': expected lower-case letters, digits and underscores, such as my_method");
        }

        if (!OptionRecord.Is(defaults.GetType()))
        {
            throw new AutodidactException(
                FailureKind.Usage, $"option group {name}: {defaults.GetType()} is no record class: declare it as 'public sealed record'");
        }

        Name = name;
        Defaults = defaults;
    }

    /// <summary>Name of the group under its stage.</summary>
    public string Name { get; }

    /// <summary>The values that hold where nothing else is said.</summary>
    public object Defaults { get; }

    /// <summary>Type of the group's record.</summary>
    public Type Type => Defaults.GetType();

    private static bool IsSign(char sign) => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign) || sign == '_';
}
