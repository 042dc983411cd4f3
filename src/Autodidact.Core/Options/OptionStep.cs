using System.Reflection;

namespace Autodidact.Options;

/// <summary>One step from an option record to what it holds: a property of its own, or a group of options that a method brings.</summary>
internal sealed class OptionStep
{
    private readonly OptionGroup? _group;

    private OptionStep(PropertyInfo property, OptionGroup? group = null) => (Property, _group) = (property, group);

    /// <summary>The property, or for a group that of the <see cref="MethodOptions"/>.</summary>
    public PropertyInfo Property { get; }

    public string Name => _group?.Name ?? OptionRecord.Name(Property);

    public Type Type => _group?.Type ?? Property.PropertyType;

    /// <summary>
    /// The properties of a record type, in declaration order; groups of methods stand where its <see cref="MethodOptions"/> are declared.
    /// </summary>
    public static IEnumerable<OptionStep> Of(Type type) => OptionRecord.Properties(type).SelectMany(property =>
        property.PropertyType == typeof(MethodOptions)
            ? OptionGroups.Of(type).All.Select(group => new OptionStep(property, group))
            : [new OptionStep(property)]);

    public object? Get(object record)
    {
        var value = Property.GetValue(record);
        return _group is null ? value : ((MethodOptions)value!).Get(_group);
    }

    public void Set(object record, object? value) =>
        Property.SetValue(record, _group is null ? value : ((MethodOptions)Property.GetValue(record)!).With(_group, value!));
}
