using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Autodidact.Options;

/// <summary>One option found by reflection: the way to it through nested records, and how to read and replace it.</summary>
internal sealed class OptionProperty
{
    private readonly PropertyInfo[] _way;

    private OptionProperty(PropertyInfo[] way) => _way = way;

    public string Name => string.Join('.', _way.Select(property => NameOf(property)));

    public Type Type => Last.PropertyType;

    public RangeAttribute? Range => Last.GetCustomAttribute<RangeAttribute>();

    public string NullText => Last.GetCustomAttribute<NullTextAttribute>()?.Text ?? NullTextAttribute.Default;

    public bool AllowsNull => Nullable.GetUnderlyingType(Type) is not null
        || (!Type.IsValueType && new NullabilityInfoContext().Create(Last).WriteState == NullabilityState.Nullable);

    public IEnumerable<FlagAttribute> Flags => Last.GetCustomAttributes<FlagAttribute>();

    public PathOptionAttribute? Path => Last.GetCustomAttribute<PathOptionAttribute>();

    public OptionWordAttribute? Word => Last.GetCustomAttribute<OptionWordAttribute>();

    /// <summary>The stage that alone reads the option, where the option says so itself.</summary>
    public string? Stage => Last.GetCustomAttribute<OptionOfStageAttribute>()?.Stage;

    public string Description => Last.GetCustomAttribute<DescriptionAttribute>()?.Description
        ?? throw new InvalidOperationException($"option {Name} ({Last.DeclaringType}.{Last.Name}) lacks a [Description]");

    private PropertyInfo Last => _way[^1];

    /// <summary>All options of a record type, depth first, in declaration order.</summary>
    public static IReadOnlyList<OptionProperty> Of(Type type)
    {
        var found = new List<OptionProperty>();
        Collect(type, [], found);
        return found;
    }

    /// <summary>The option records that a record nests, with their names, in declaration order.</summary>
    public static IEnumerable<(string Name, object Record)> Groups(object options) => PropertiesOf(options.GetType())
        .Where(property => CloneMethod(property.PropertyType) is not null && property.GetValue(options) is not null)
        .Select(property => (NameOf(property), property.GetValue(options)!));

    public object? Get(object options)
    {
        object? value = options;
        foreach (var property in _way) value = value is null ? null : property.GetValue(value);
        return value;
    }

    /// <summary>A copy of the options with this one replaced; every record on the way is copied, none is changed.</summary>
    public object With(object options, object? value) => With(options, 0, value);

    private object With(object record, int depth, object? value)
    {
        var copy = Clone(record);
        var property = _way[depth];
        var nested = value;
        if (depth < _way.Length - 1)
            nested = With(property.GetValue(record) ?? Activator.CreateInstance(property.PropertyType)!, depth + 1, value);
        property.SetValue(copy, nested);
        return copy;
    }

    private static void Collect(Type type, PropertyInfo[] way, List<OptionProperty> found)
    {
        foreach (var property in PropertiesOf(type))
        {
            PropertyInfo[] here = [.. way, property];
            if (CloneMethod(property.PropertyType) is null) found.Add(new OptionProperty(here));
            else if (way.Any(p => p.PropertyType == property.PropertyType)) throw new NotSupportedException($"option record {property.PropertyType} nests itself");
            else Collect(property.PropertyType, here, found);
        }
    }

    private static IEnumerable<PropertyInfo> PropertiesOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is not null && property.GetIndexParameters().Length == 0 && !property.IsDefined(typeof(JsonIgnoreAttribute)))
        .OrderBy(property => property.MetadataToken);

    private static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    // What a `with` expression calls: every record class has it.
    private static MethodInfo? CloneMethod(Type type) => type.GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.Instance);

    private static object Clone(object record) => CloneMethod(record.GetType())!.Invoke(record, null)!;
}
