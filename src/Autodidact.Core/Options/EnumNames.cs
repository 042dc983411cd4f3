using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Autodidact.Options;

/// <summary>Names of enumeration members as options, JSON and help spell them: <c>CifarPool</c> is <c>cifar-pool</c>.</summary>
internal static class EnumNames
{
    /// <summary>All names of an enumeration, in declaration order.</summary>
    /// <param name="type">The enumeration.</param>
    public static IReadOnlyList<string> All(Type type) => [.. Enum.GetNames(type).Select(member => Of(type, member))];

    /// <summary>Name of one value.</summary>
    /// <param name="value">The value.</param>
    public static string Of(Enum value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return Enum.GetName(value.GetType(), value) is { } member ? Of(value.GetType(), member) : value.ToString("D");
    }

    /// <summary>
    /// Reads a name; capitals, hyphens and underscores make no difference (<c>cifar-pool</c>, <c>cifar_pool</c>, <c>CifarPool</c>).
    /// </summary>
    /// <param name="type">The enumeration.</param>
    /// <param name="text">What was typed.</param>
    /// <param name="value">The member; null when there is none of that name.</param>
    public static bool TryParse(Type type, string text, out object? value)
    {
        var member = Enum.GetNames(type).FirstOrDefault(m => Bare(m) == Bare(text) || Bare(Of(type, m)) == Bare(text));
        value = member is null ? null : Enum.Parse(type, member);
        return member is not null;
    }

    private static string Of(Type type, string member) =>
        type.GetField(member)?.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
            ?? JsonNamingPolicy.KebabCaseLower.ConvertName(member);

    private static string Bare(string text) =>
        text.Trim().Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
