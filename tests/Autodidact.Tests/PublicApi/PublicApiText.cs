using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Autodidact.Tests.PublicApi;

/// <summary>
/// Renders what an assembly offers to its users, one type and member a line, in an order that does not depend on the source.
/// </summary>
internal static class PublicApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
    };

    public static string Render(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal)) text.Append("    ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static string Header(Type type)
    {
        string kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        if (kind == "delegate") return $"delegate {type.Namespace}.{Name(type)}";
        var above = type.GetInterfaces().Where(face => face.IsPublic).Select(Name).Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            above.Insert(0, Name(parent));
        string name = type.Namespace + "." + Name(type);
        return above.Count == 0 || type.IsEnum ? $"{kind} {name}" : $"{kind} {name} : {string.Join(", ", above)}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            foreach (object value in type.GetEnumValues()) yield return $"{value} = {Convert.ToInt64(value)}";
            yield break;
        }
        // Of a delegate only its signature is of interest.
        bool isDelegate = typeof(Delegate).IsAssignableFrom(type);
        var members = type.GetMembers(Declared)
            .Where(member => !isDelegate || member.Name == "Invoke")
            .Where(member => !member.IsDefined(typeof(CompilerGeneratedAttribute)));
        foreach (var member in members)
        {
            switch (member)
            {
                case FieldInfo field when field.IsPublic || field.IsFamily:
                    yield return $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}";
                    break;
                case ConstructorInfo made when Seen(made):
                    yield return $"{type.Name.Split('`')[0]}({Parameters(made)})";
                    break;
                case MethodInfo { IsSpecialName: false } method when Seen(method):
                    yield return $"{Modifiers(method)}{Name(method.ReturnType)} "
                        + $"{method.Name}{Arguments(method.GetGenericArguments())}({Parameters(method)})";
                    break;
                case MethodInfo method when Seen(method) && method.Name.StartsWith("op_", StringComparison.Ordinal):
                    yield return $"static {Name(method.ReturnType)} {method.Name}({Parameters(method)})";
                    break;
                case PropertyInfo property when property.GetAccessors(nonPublic: true).FirstOrDefault(Seen) is { } accessor:
                    string index = string.Join(", ", property.GetIndexParameters().Select(part => Name(part.ParameterType)));
                    yield return $"{Modifiers(accessor)}{Name(property.PropertyType)} "
                        + $"{property.Name}{(index.Length > 0 ? $"[{index}]" : "")} {{ {Accessors(property)}}}";
                    break;
                case EventInfo happening when happening.AddMethod is { } add && Seen(add):
                    yield return $"event {Name(happening.EventHandlerType!)} {happening.Name}";
                    break;
            }
        }
    }

    private static bool Seen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Modifiers(MethodBase method) =>
        (method.IsFamily ? "protected " : "")
            + (method.IsStatic ? "static " : "") + (method.DeclaringType!.IsInterface ? "" : method.IsAbstract ? "abstract " : "");

    private static string Accessors(PropertyInfo property)
    {
        string text = property.GetMethod is { } get && Seen(get) ? "get; " : "";
        if (property.SetMethod is not { } set || !Seen(set)) return text;
        return text + (set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ");
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(part =>
        $"{(part.IsOut ? "out " : part.ParameterType.IsByRef ? "ref " : "")}{Name(part.ParameterType)} "
        + $"{part.Name}{(part.HasDefaultValue ? $" = {part.RawDefaultValue ?? "default"}" : "")}"));

    private static string Name(Type type)
    {
        if (Keywords.TryGetValue(type, out string? keyword)) return keyword;
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return Name(type.GetElementType()!) + "[]";
        if (Nullable.GetUnderlyingType(type) is { } value) return Name(value) + "?";
        string outer = type is { IsNested: true, IsGenericParameter: false } ? Name(type.DeclaringType!) + "." : "";
        return outer + type.Name.Split('`')[0] + Arguments(type.GetGenericArguments());
    }

    private static string Arguments(Type[] arguments) => arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Name))}>";
}
