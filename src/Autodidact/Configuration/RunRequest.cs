using System.Text.Json;
using System.Text.Json.Serialization;
using Autodidact.Options;

namespace Autodidact.Configuration;

/// <summary>
/// A run directory, and values for options. As JSON it may also use the names of flags, <c>"preset": "cpu-small"</c>, as requests of
/// earlier versions and files of experiments do; such values count before those of <c>set</c>.
/// </summary>
[JsonConverter(typeof(Json))]
public sealed record RunRequest
{
    private const string OutName = "out";
    private const string SetName = "set";

    /// <summary>Run directory; null makes <c>runs/&lt;data&gt;-&lt;n&gt;</c>.</summary>
    public string? Out { get; init; }

    /// <summary>Options as <c>name=value</c>, named as in run.json; of two values for one option the later counts.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>The names that a request as JSON may have.</summary>
    internal static IReadOnlyList<string> Names => [OutName, .. RunFlags.ByKey.Keys, SetName];

    /// <summary>The same request with another value for an option.</summary>
    /// <param name="option">Full name of the option, such as <c>pretrain.epochs</c>.</param>
    /// <param name="value">The value as text.</param>
    public RunRequest With(string option, string value) => this with { Set = [.. Without(option), $"{option}={value}"] };

    /// <summary>The value that the request has for an option, as text; null where it has none.</summary>
    /// <param name="option">Full name of the option, such as <c>data.source</c>.</param>
    public string? ValueOf(string option) =>
        Set.LastOrDefault(one => OptionAssignment.IsOf(one, option)) is { } found ? OptionAssignment.Parse(found).Value : null;

    /// <summary>The same request with every path made absolute, so that it means the same from any working directory.</summary>
    public RunRequest WithFullPaths() => WithFullPaths(Directory.GetCurrentDirectory());

    /// <summary>The same request with every path made absolute.</summary>
    /// <param name="folder">Folder that relative paths start from, as a full path.</param>
    public RunRequest WithFullPaths(string folder)
    {
        var paths = OptionProperty.Of(typeof(RunOptions))
            .Where(option => option.Path is not null)
            .ToDictionary(option => option.Name, option => option.Path!);
        return this with { Set = [.. Set.Select(InFull)] };

        string InFull(string text)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            return at > 0 && paths.TryGetValue(OptionBinder.NormalName(text[..at]), out var path)
                ? $"{text[..at]}={path.InFull(text[(at + 1)..].Trim(), folder)}"
                : text;
        }
    }

    /// <summary>The same request with the value of a flag, and without the values that the flag resets.</summary>
    /// <param name="flag">The flag.</param>
    /// <param name="value">The value as text.</param>
    internal RunRequest With(OptionFlag flag, string value)
    {
        var kept = Without(flag.Option);
        var reset = flag.Flag.Resets.Where(option => !kept.Any(one => OptionAssignment.IsOf(one, option))).Select(option => $"{option}=0");
        return this with { Set = [.. kept, $"{flag.Option}={value}", .. reset] };
    }

    private List<string> Without(string option) => [.. Set.Where(one => !OptionAssignment.IsOf(one, option))];

    /// <summary>
    /// Reads <c>{ "out": DIR, "set": ["name=value", ...] }</c>, and the names of flags beside: <c>"clusters": 50</c>. Writes the two names
    /// alone.
    /// </summary>
    private sealed class Json : JsonConverter<RunRequest>
    {
        public override RunRequest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new JsonException("the value is of another kind than expected there");
            var request = new RunRequest();
            IReadOnlyList<string> set = [];
            foreach (var (name, value) in document.RootElement.EnumerateObject().Select(property => (property.Name, property.Value)))
            {
                if (name == SetName) set = [.. Elements(value).Select(one => Text(one, name))];
                else if (value.ValueKind == JsonValueKind.Null) continue;
                else if (name == OutName) request = request with { Out = Text(value, name) };
                else if (RunFlags.ByKey.TryGetValue(name, out var flag)) request = request.With(flag, Text(value, name));
                else throw new JsonException($"unknown name '{name}'");
            }

            return request with { Set = [.. request.Set, .. set] };
        }

        public override void Write(Utf8JsonWriter writer, RunRequest value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            if (value.Out is { } directory) writer.WriteString(OutName, directory);
            writer.WriteStartArray(SetName);
            foreach (var one in value.Set) writer.WriteStringValue(one);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        private static IEnumerable<JsonElement> Elements(JsonElement list) => list.ValueKind switch
        {
            JsonValueKind.Array => list.EnumerateArray(),
            JsonValueKind.Null => throw new JsonException($"{SetName}: null stands where a value is needed"),
            _ => throw new JsonException($"{SetName}: the value is of another kind than expected there"),
        };

        private static string Text(JsonElement value, string name) => value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.Null => throw new JsonException($"{name}: null stands where a value is needed"),
            _ => throw new JsonException($"{name}: the value is of another kind than expected there"),
        };
    }
}
