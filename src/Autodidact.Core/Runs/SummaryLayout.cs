using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Autodidact.Runs;

/// <summary>
/// The parts and figures of <c>summary.json</c>, read from the records. Experiments find their metrics here, and the JSON Schema and the
/// reference page are made from it.
/// </summary>
internal static class SummaryLayout
{
    /// <summary>Key of the layout's version.</summary>
    public const string SchemaKey = "schema";

    /// <summary>Key of the exits.</summary>
    public const string ExitsKey = "exits";

    /// <summary>The parts in the order of the file. A figure that stands alone is a part of that one figure.</summary>
    public static IReadOnlyList<SummaryPart> Parts { get; } = [.. Writable(typeof(Summary)).Select(Part)];

    private static SummaryPart Part(PropertyInfo property)
    {
        var name = NameOf(property);
        if (property.GetCustomAttribute<FigureAttribute>() is { } about)
        {
            return new(name, about.Text, SummaryPartKind.Figure, [Figure(property, about)], property.GetValue);
        }

        var text = Required<PartAttribute>(property).Text;
        if (property.GetCustomAttribute<ScoredAttribute>() is { } scored)
        {
            SummaryFigure[] scores = [.. Score.Of(scored.Row).Select(score => Figure(score, owner => (RepresentationScores)owner))];
            return new(name, text, SummaryPartKind.Object, scores, property.GetValue) { ScoredAs = scored.Row };
        }

        var list = property.PropertyType.IsGenericType;
        var row = list ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
        return new(name, text, list ? SummaryPartKind.List : SummaryPartKind.Object, [.. Figures(row)], property.GetValue)
        {
            ScoredAs = Writable(row).Select(p => p.GetCustomAttribute<ScoredAttribute>()?.Row).FirstOrDefault(r => r is not null),
        };
    }

    private static IEnumerable<SummaryFigure> Figures(Type row)
    {
        foreach (var property in Writable(row))
        {
            if (property.GetCustomAttribute<ScoredAttribute>() is not { } scored)
            {
                yield return Figure(property, Required<FigureAttribute>(property));
                continue;
            }

            foreach (var score in Score.Of(scored.Row))
            {
                yield return Figure(score, owner => (RepresentationScores)property.GetValue(owner)!);
            }
        }
    }

    private static SummaryFigure Figure(Score score, Func<object, RepresentationScores> scores) =>
        new(score.Name, score.About, typeof(double), IsRequired: false, owner => score.Read(scores(owner)));

    private static SummaryFigure Figure(PropertyInfo property, FigureAttribute about) => new(
        NameOf(property),
        about,
        Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
        property.IsDefined(typeof(RequiredMemberAttribute)),
        property.GetValue);

    private static IEnumerable<PropertyInfo> Writable(Type type) =>
        type.GetProperties().Where(property => property.SetMethod is not null && !property.IsDefined(typeof(JsonIgnoreAttribute)));

    private static string NameOf(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    private static T Required<T>(PropertyInfo property)
        where T : Attribute => property.GetCustomAttribute<T>()
            ?? throw new InvalidOperationException(
                $"{property.DeclaringType!.Name}.{property.Name} has no [{typeof(T).Name}]: describe it");
}

/// <summary>A part of <c>summary.json</c>.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Text">Its content in words.</param>
/// <param name="Kind">Its form.</param>
/// <param name="Figures">Its figures, or those of each row of a list, in the order of the file.</param>
/// <param name="Read">The part of a summary; null where nothing of it was measured.</param>
internal sealed record SummaryPart(
    string Name, string Text, SummaryPartKind Kind, IReadOnlyList<SummaryFigure> Figures, Func<Summary, object?> Read)
{
    /// <summary>The scores that it, or each of its rows, can have; null where it has none.</summary>
    public ScoredRows? ScoredAs { get; init; }
}

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
    /// <summary>Whether it is a number, which experiments can average.</summary>
    public bool IsNumber => Type != typeof(string) && Type != typeof(bool);

    /// <summary>Its type as JSON Schema names it.</summary>
    public string JsonType =>
        Type == typeof(string) ? "string" : Type == typeof(bool) ? "boolean" : Type == typeof(double) ? "number" : "integer";

    /// <summary>Its description, with the direction that is better.</summary>
    public string Text =>
        About.Better == Better.Neither ? About.Text : $"{About.Text} ({(About.Better == Better.Higher ? "higher" : "lower")} is better)";

    /// <summary>The figure as a number; null where it was not measured.</summary>
    /// <param name="owner">The part or row.</param>
    public double? Number(object owner) => Read(owner) is { } value ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;
}
