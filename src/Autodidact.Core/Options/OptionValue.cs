using System.Collections;
using System.Globalization;

namespace Autodidact.Options;

/// <summary>Text to typed value and back for the types options may have.</summary>
internal static class OptionValue
{
    /// <summary>The values of a type, in a word or two, for help and messages.</summary>
    public static string Describe(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare.IsEnum) return string.Join('|', EnumNames.All(bare));
        if (ElementType(bare) is { } element) return $"list of {Describe(element)}s";
        if (bare == typeof(bool)) return "true|false";
        if (bare == typeof(string)) return "text";
        if (bare == typeof(TimeSpan)) return "duration";
        if (IsInteger(bare)) return "integer";
        if (bare == typeof(double) || bare == typeof(float)) return "number";
        throw new NotSupportedException($"no option may have the type {type}");
    }

    /// <summary>The values of a type, with an example where the word alone does not say how to write one.</summary>
    public static string Expected(Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare == typeof(TimeSpan)) return "a duration such as 30m, 1h30m or 90s";
        if (ElementType(bare) is not null) return "numbers separated by commas, such as 0.1,0.2";
        if (bare.IsEnum) return "one of " + string.Join(", ", EnumNames.All(bare));
        if (bare == typeof(bool)) return "true or false";
        return (IsInteger(bare) ? "an " : "a ") + Describe(bare);
    }

    /// <summary>Reads a value that is not null; false when the text is none of that type.</summary>
    public static bool TryParse(Type type, string text, out object? value)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        var invariant = CultureInfo.InvariantCulture;
        value = null;
        if (bare == typeof(string))
            value = text;
        else if (bare.IsEnum)
            return EnumNames.TryParse(bare, text, out value);
        else if (ElementType(bare) is { } element)
            return TryParseList(bare, element, text, out value);
        else if (bare == typeof(bool))
            value = text.Trim().ToLowerInvariant() switch
            {
                "true" or "yes" or "on" or "1" => true,
                "false" or "no" or "off" or "0" => false,
                _ => null,
            };
        else if (bare == typeof(TimeSpan))
            value = Durations.TryParse(text, out var time) ? time : null;
        else if (bare == typeof(int))
            value = int.TryParse(text, NumberStyles.Integer, invariant, out var number) ? number : null;
        else if (bare == typeof(long))
            value = long.TryParse(text, NumberStyles.Integer, invariant, out var number) ? number : null;
        else if (bare == typeof(ulong))
            value = ulong.TryParse(text, NumberStyles.Integer, invariant, out var number) ? number : null;
        else if (bare == typeof(float))
            value = float.TryParse(text, NumberStyles.Float, invariant, out var number) && float.IsFinite(number) ? number : null;
        else if (bare == typeof(double))
            value = double.TryParse(text, NumberStyles.Float, invariant, out var number) && double.IsFinite(number) ? number : null;
        return value is not null;
    }

    /// <summary>Writes a value so that <see cref="TryParse"/> reads the same back.</summary>
    public static string Format(object? value, string nullText) => value switch
    {
        null => nullText,
        string text => text,
        bool flag => flag ? "true" : "false",
        Enum member => EnumNames.Of(member),
        TimeSpan time => Durations.Format(time),
        IEnumerable list => string.Join(',', list.Cast<object?>().Select(element => Format(element, nullText))),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>Element type of an array or a list interface; null for anything else.</summary>
    public static Type? ElementType(Type type)
    {
        if (type == typeof(string)) return null;
        if (type.IsArray) return type.GetElementType();
        return type.IsGenericType && type.IsInterface && typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments() is [
            var element]
            ? element
            : null;
    }

    private static bool TryParseList(Type type, Type element, string text, out object? value)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var array = Array.CreateInstance(element, parts.Length);
        value = null;
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryParse(element, parts[i], out var item)) return false;
            array.SetValue(item, i);
        }
        value = array;
        return type.IsInstanceOfType(array);
    }

    private static bool IsInteger(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(ulong);
}
