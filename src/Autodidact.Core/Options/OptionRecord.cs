using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Autodidact.Options;

/// <summary>Reads an option record by reflection: which of its properties are options, and how they are called.</summary>
internal static class OptionRecord
{
    /// <summary>Whether a type is a record class, whose options are options of a group.</summary>
    public static bool Is(Type type) => CloneMethod(type) is not null;

    /// <summary>The properties that are options or groups of options, in declaration order.</summary>
    public static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is not null
            && property.GetIndexParameters().Length == 0
            && !property.IsDefined(typeof(JsonIgnoreAttribute)))
        .OrderBy(property => property.MetadataToken);

    /// <summary>An option's name in its record.</summary>
    public static string Name(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    /// <summary>A copy of a record.</summary>
    public static object Clone(object record) => CloneMethod(record.GetType())!.Invoke(record, null)!;

    // The method that a `with` expression calls: every record class has it.
    private static MethodInfo? CloneMethod(Type type) => type.GetMethod("<Clone>$", BindingFlags.Public | BindingFlags.Instance);
}
