using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Autodidact.Runs;

/// <summary>The JSON Schema of <c>summary.json</c>, docs/reference/summary.schema.json, made from the records that hold it.</summary>
internal static class SummarySchema
{
    private const string Text = "Results of a run. A key is absent where its figure was not measured. A later version may add keys.";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema's text.</summary>
    public static string ToJson()
    {
        var schema = Object(Text, SummaryLayout.Parts.Select(Part));
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "summary.json of Autodidact");
        schema["required"] = new JsonArray(SummaryLayout.SchemaKey);
        return schema.ToJsonString(Indented) + "\n";
    }

    private static (string Name, JsonObject Schema) Part(SummaryPart part) => (part.Name, part.Kind switch
    {
        SummaryPartKind.Figure when part.Name == SummaryLayout.SchemaKey =>
            new JsonObject { ["description"] = part.Text, ["const"] = Summary.CurrentSchema },
        SummaryPartKind.Figure => Figure(part.Figures[0]),
        SummaryPartKind.Object => Row(part.Text, part.Figures),
        SummaryPartKind.List => new JsonObject { ["description"] = part.Text, ["type"] = "array", ["items"] = Row(null, part.Figures) },
        _ => throw new ArgumentOutOfRangeException(nameof(part), part.Kind, "no such kind"),
    });

    private static JsonObject Row(string? text, IReadOnlyList<SummaryFigure> figures)
    {
        var row = Object(text, figures.Select(figure => (figure.Name, Figure(figure))));
        JsonNode[] required = [.. figures.Where(figure => figure.IsRequired).Select(figure => (JsonNode)figure.Name)];
        if (required.Length > 0) row["required"] = new JsonArray(required);
        return row;
    }

    private static JsonObject Object(string? text, IEnumerable<(string Name, JsonObject Schema)> properties)
    {
        var schema = new JsonObject();
        if (text is not null) schema["description"] = text;
        schema["type"] = "object";
        schema["properties"] = new JsonObject(properties.Select(p => KeyValuePair.Create<string, JsonNode?>(p.Name, p.Schema)));
        return schema;
    }

    private static JsonObject Figure(SummaryFigure figure)
    {
        var schema = new JsonObject { ["description"] = figure.Text, ["type"] = figure.JsonType };
        if (figure.About.Pattern is { } pattern) schema["pattern"] = pattern;
        if (!figure.IsNumber) return schema;
        if (double.IsFinite(figure.About.Minimum)) schema["minimum"] = figure.About.Minimum;
        if (figure.About.Format == FigureFormat.Fraction) schema["maximum"] = 1;
        return schema;
    }
}
