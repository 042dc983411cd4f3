namespace Autodidact.Options;

/// <summary>A word that may stand for a value of an option: <c>auto</c> for 0 clusters.</summary>
/// <param name="word">The word.</param>
/// <param name="value">The value, as text.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionWordAttribute(string word, string value) : Attribute
{
    /// <summary>The word.</summary>
    public string Word { get; } = word;

    /// <summary>The value it stands for.</summary>
    public string Value { get; } = value;
}
