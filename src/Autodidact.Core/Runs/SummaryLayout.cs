using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Autodidact.Runs;

/// <summary>The parts and figures of <c>summary.json</c>, read from the records: what experiments can ask for, the JSON Schema and the reference page.</summary>
internal static class SummaryLayout
{
    /// <summary>The parts in the order of the file. A figure that stands alone is a part of that one figure.</summary>
    public static IReadOnlyList<SummaryPart> Parts { get; } = [.. Writable(typeof(Summary)).Select(Part)];

    private static SummaryPart Part(PropertyInfo property)
    {
        var (name, text) = (NameOf(property), TextOf(property));
        if (property.GetCustomAttribute<FigureAttribute>() is { } about) return new(name, text, SummaryPartKind.Figure, [Figure(property, about)], property.GetValue);
        if (property.GetCustomAttribute<ScoredAttribute>() is { } scored)
        {
            return new(name, text, SummaryPartKind.Object, [.. Score.Of(scored.Row).Select(score => Figure(score, owner => (RepresentationScores)owner))], property.GetValue);
        }

        return property.PropertyType.IsGenericType
            ? new(name, text, SummaryPartKind.List, [.. Figures(property.PropertyType.GetGenericArguments()[0])], property.GetValue)
            : new(name, text, SummaryPartKind.Object, [.. Figures(property.PropertyType)], property.GetValue);
    }

    private static IEnumerable<SummaryFigure> Figures(Type row) => Writable(row).SelectMany(property => property.GetCustomAttribute<ScoredAttribute>() is { } scored
        ? Score.Of(scored.Row).Select(score => Figure(score, owner => (RepresentationScores)property.GetValue(owner)!))
        : [Figure(property, property.GetCustomAttribute<FigureAttribute>() ?? throw new InvalidOperationException($"{row.Name}.{property.Name} has no [Figure]: describe it"))]);

    private static SummaryFigure Figure(Score score, Func<object, RepresentationScores> scores) =>
        new(score.Name, score.About, typeof(double), IsRequired: false, owner => score.Read(scores(owner)));

    private static SummaryFigure Figure(PropertyInfo property, FigureAttribute about) => new(
        NameOf(property),
        about,
        Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
        property.IsDefined(typeof(RequiredMemberAttribute)) || property.PropertyType == typeof(int),
        property.GetValue);

    private static IEnumerable<PropertyInfo> Writable(Type type) =>
        type.GetProperties().Where(property => property.SetMethod is not null && !property.IsDefined(typeof(JsonIgnoreAttribute)));

    private static string NameOf(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    private static string TextOf(PropertyInfo property) => property.GetCustomAttribute<PartAttribute>()?.Text
        ?? property.GetCustomAttribute<FigureAttribute>()?.Text
        ?? throw new InvalidOperationException($"{property.Name} has no [Part]: describe it");
}

/// <summary>A part of <c>summary.json</c>.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Text">What it holds.</param>
/// <param name="Kind">Its form.</param>
/// <param name="Figures">Its figures, or those of each row of a list, in the order of the file.</param>
/// <param name="Read">The part of a summary; null where nothing of it was measured.</param>
internal sealed record SummaryPart(string Name, string Text, SummaryPartKind Kind, IReadOnlyList<SummaryFigure> Figures, Func<Summary, object?> Read);

/// <summary>Form of a part of <c>summary.json</c>.</summary>
internal enum SummaryPartKind
{
    /// <summary>One figure.</summary>
    Figure,

    /// <summary>An object of figures.</summary>
    Object,

    /// <summary>A list of such objects.</summary>
    List,
}

/// <summary>A figure of a part.</summary>
/// <param name="Name">Its key.</param>
/// <param name="About">Its description.</param>
/// <param name="Type">Type of its value.</param>
/// <param name="IsRequired">Whether it is always there.</param>
/// <param name="Read">The figure of a part or row; null where it was not measured.</param>
internal sealed record SummaryFigure(string Name, FigureAttribute About, Type Type, bool IsRequired, Func<object, object?> Read)
{
    /// <summary>Whether it is a number that experiments can average.</summary>
    public bool IsNumber => Type != typeof(string) && Type != typeof(bool);

    /// <summary>The figure as a number; null where it was not measured.</summary>
    /// <param name="owner">The part or row.</param>
    public double? Number(object owner) => Read(owner) is { } value ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;
}
