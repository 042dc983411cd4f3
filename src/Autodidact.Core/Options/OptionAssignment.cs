namespace Autodidact.Options;

/// <summary>One <c>name=value</c>, as <c>--set</c> takes it.</summary>
/// <param name="Name">Full name of the option, as <see cref="NormalName"/> spells it.</param>
/// <param name="Value">The value as text.</param>
internal sealed record OptionAssignment(string Name, string Value)
{
    /// <summary>An option's name as <c>run.json</c> spells it: lower case, underscores.</summary>
    /// <param name="name">The name as it was typed.</param>
    public static string NormalName(string name) => name.Trim().Replace('-', '_').ToLowerInvariant();

    /// <summary>Reads an assignment.</summary>
    /// <param name="text">Such as <c>pretrain.epochs=3</c>.</param>
    /// <exception cref="AutodidactException">It lacks the name or the sign; kind Usage.</exception>
    public static OptionAssignment Parse(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        return at > 0
            ? new OptionAssignment(NormalName(text[..at]), text[(at + 1)..].Trim())
            : throw new AutodidactException(FailureKind.Usage, $"--set '{text}': expected name=value, such as pretrain.epochs=3");
    }

    /// <summary>Whether a text assigns to an option.</summary>
    /// <param name="text">The text.</param>
    /// <param name="option">Full name of the option.</param>
    public static bool IsOf(string text, string option) => NormalName(text.Split('=')[0]) == NormalName(option);

    /// <summary>The assignment as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => $"{Name}={Value}";
}
