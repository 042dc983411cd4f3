using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Autodidact.Options;

namespace Autodidact.Runs;

/// <summary>
/// The form of <c>summary.json</c>: snake_case names, nothing where nothing was measured, and the scores of a row beside its other
/// figures.
/// </summary>
internal static class SummaryJson
{
    /// <summary>The serializer's settings.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { FlattenScores, OrderBaselines } },
    };

    /// <summary>Settings that read a file strictly. Unknown keys are passed over.</summary>
    public static JsonSerializerOptions Reading { get; } = JsonInput.Strict(Options);

    /// <summary>In place of an object of scores stand the scores themselves.</summary>
    private static void FlattenScores(JsonTypeInfo row)
    {
        var place = row.Properties.ToList(
            ).FindIndex(property => property.PropertyType == typeof(RepresentationScores) && RowOf(property) is not ScoredRows.Baselines);
        if (place < 0) return;
        var nested = row.Properties[place];
        row.Properties.RemoveAt(place);
        foreach (var score in Score.Of(RowOf(nested)))
        {
            var flat = row.CreateJsonPropertyInfo(typeof(double?), score.Name);
            flat.Get = owner => score.Read((RepresentationScores)nested.Get!(owner)!);
            flat.Set = (owner, value) => score.Write((RepresentationScores)nested.Get!(owner)!, (double?)value);
            row.Properties.Insert(place++, flat);
        }
    }

    /// <summary>Raw pixels and the untrained encoder are rows of scores and nothing else, in an order of their own.</summary>
    private static void OrderBaselines(JsonTypeInfo row)
    {
        if (row.Type != typeof(RepresentationScores)) return;
        var own = row.Properties.ToDictionary(property => property.Name);
        row.Properties.Clear();
        foreach (var score in Score.Of(ScoredRows.Baselines)) row.Properties.Add(own[score.Name]);
    }

    private static ScoredRows RowOf(JsonPropertyInfo property) =>
        ((MemberInfo)property.AttributeProvider!).GetCustomAttribute<ScoredAttribute>()?.Row
        ?? throw new InvalidOperationException($"{property.Name} has scores and no [Scored]: say which row it is");
}
