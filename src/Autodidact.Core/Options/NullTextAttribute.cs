namespace Autodidact.Options;

/// <summary>How an unset (null) option is written on the command line and in tables; without it, <c>none</c>.</summary>
/// <param name="text">The word, such as <c>auto</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NullTextAttribute(string text) : Attribute
{
    /// <summary>The word used when no attribute names another.</summary>
    public const string Default = "none";

    /// <summary>Whether a text stands for an unset option.</summary>
    /// <param name="text">The text.</param>
    /// <param name="word">The option's own word.</param>
    public static bool IsNull(string text, string word = Default)
    {
        var value = text.Trim();
        return new[] { word, Default, "null" }.Any(w => value.Equals(w, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The word.</summary>
    public string Text { get; } = text;
}
