namespace Autodidact.Options;

/// <summary>
/// The stage that alone reads an option, where the first part of the option's name is not the stage's. The stage's command may change the
/// option of a run that exists, and has its flags.
/// </summary>
/// <param name="stage">Name of the stage, such as <c>evaluate</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OptionOfStageAttribute(string stage) : Attribute
{
    /// <summary>Name of the stage.</summary>
    public string Stage { get; } = stage;
}
