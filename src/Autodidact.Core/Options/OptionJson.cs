using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Autodidact.Options;

/// <summary>Options as JSON, with the names <see cref="OptionBinder"/> uses: snake_case, kebab-case enumerations, durations as text.</summary>
internal static class OptionJson
{
    /// <summary>Settings that write and read option records and the project's other records; unknown names are refused.</summary>
    public static JsonSerializerOptions SerializerOptions { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false), new DurationJsonConverter() },
    };

    /// <summary>Writes options as a JSON object.</summary>
    /// <typeparam name="T">Any option record.</typeparam>
    /// <param name="options">The options.</param>
    public static JsonObject ToJson<T>(T options)
        where T : notnull => JsonSerializer.SerializeToNode(options, SerializerOptions)!.AsObject();

    /// <summary>Reads options from JSON; what is left out takes its default.</summary>
    /// <typeparam name="T">Any option record.</typeparam>
    /// <param name="json">The JSON object.</param>
    /// <param name="origin">Where it came from, for messages.</param>
    /// <exception cref="AutodidactException">A name is unknown or a value is not one the option takes.</exception>
    public static T FromJson<T>(JsonNode json, string origin)
        where T : notnull
    {
        try
        {
            return json.Deserialize<T>(SerializerOptions) ?? throw new JsonException("null in place of an object");
        }
        catch (JsonException exception)
        {
            throw new AutodidactException(FailureKind.Data, $"{origin}: not the options this version writes: {exception.Message}", exception);
        }
    }

    private sealed class DurationJsonConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Durations.TryParse(reader.GetString(), out var time)
                ? time
                : throw new JsonException("expected a duration such as \"1h30m\"");

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Durations.Format(value));
    }
}
