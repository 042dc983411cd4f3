using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Autodidact.Tests.Runs;

/// <summary>
/// Checks JSON by the keywords of JSON Schema that our schemas use. A keyword it does not know is an error, so that none is passed over.
/// </summary>
internal static class SchemaCheck
{
    /// <summary>Everything in which a value does not follow a schema, as <c>path: problem</c>.</summary>
    public static IReadOnlyList<string> Problems(JsonNode schema, JsonNode? value, string path = "$")
    {
        var problems = new List<string>();
        foreach (var (keyword, wanted) in schema.AsObject())
        {
            switch (keyword)
            {
                case "$schema" or "title" or "description":
                    break;
                case "type" when !IsOf(wanted!.GetValue<string>(), value):
                    return [$"{path}: no {wanted}"];
                case "type":
                    break;
                case "const":
                    if (!JsonNode.DeepEquals(wanted, value)) problems.Add($"{path}: expected {wanted}");
                    break;
                case "minimum":
                    if (value!.GetValue<double>() < wanted!.GetValue<double>()) problems.Add($"{path}: below {wanted}");
                    break;
                case "maximum":
                    if (value!.GetValue<double>() > wanted!.GetValue<double>()) problems.Add($"{path}: above {wanted}");
                    break;
                case "pattern":
                    if (!Regex.IsMatch(value!.GetValue<string>(), wanted!.GetValue<string>())) problems.Add($"{path}: not as {wanted}");
                    break;
                case "required":
                    problems.AddRange(wanted!.AsArray().Where(name => value![name!.GetValue<string>()] is null).Select(
                        name => $"{path}: {name} missing"));
                    break;
                case "properties":
                    foreach (var (name, property) in wanted!.AsObject())
                    {
                        if (value!.AsObject().TryGetPropertyValue(name, out var found))
                            problems.AddRange(Problems(property!, found, $"{path}.{name}"));
                    }

                    break;
                case "items":
                    problems.AddRange(value!.AsArray().SelectMany((item, i) => Problems(wanted!, item, $"{path}[{i}]")));
                    break;
                default:
                    throw new NotSupportedException($"the schema uses {keyword}: teach it to {nameof(SchemaCheck)}");
            }
        }

        return problems;
    }

    private static bool IsOf(string type, JsonNode? value) => (type, value?.GetValueKind()) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => double.IsInteger(value!.GetValue<double>()),
        _ => false,
    };
}
