using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Autodidact.Reporting;

/// <summary>Charts as the page's script reads them.</summary>
internal static class ChartJson
{
    /// <summary>The charts by the name that the script draws them by.</summary>
    private static readonly (Type Type, string Name)[] Kinds =
        [(typeof(PlotChart), "plot"), (typeof(BarChart), "bars"), (typeof(HeatChart), "heat"), (typeof(PointMap), "map")];

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameKinds } },
    };

    /// <summary>One chart as JSON, with its kind.</summary>
    /// <param name="chart">The chart.</param>
    public static string Of(Chart chart) => JsonSerializer.Serialize(chart, Options);

    private static void NameKinds(JsonTypeInfo info)
    {
        if (info.Type != typeof(Chart)) return;
        info.PolymorphismOptions = new();
        foreach (var (type, name) in Kinds) info.PolymorphismOptions.DerivedTypes.Add(new(type, name));
    }
}
