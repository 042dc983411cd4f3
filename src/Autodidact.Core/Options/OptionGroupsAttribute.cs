namespace Autodidact.Options;

/// <summary>
/// Says which type adds groups of options to a record when its class constructor runs. Names and JSON of options are read by reflection,
/// which may be the first use of an assembly: the groups have to be there by then.
/// </summary>
/// <param name="owner">The record that the groups belong to.</param>
/// <param name="registry">The type whose class constructor adds them.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class OptionGroupsAttribute(Type owner, Type registry) : Attribute
{
    /// <summary>The record that the groups belong to.</summary>
    public Type Owner { get; } = owner;

    /// <summary>The type whose class constructor adds them.</summary>
    public Type Registry { get; } = registry;
}
