using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Autodidact.Options;

/// <summary>
/// Options as JSON, with the names <see cref="OptionBinder"/> uses: snake_case, kebab-case enumerations, durations as text.
/// </summary>
internal static class OptionJson
{
    private static volatile Made _made = Make();

    /// <summary>
    /// Settings that write and read option records and the project's other records; unknown names are refused. They are made anew when a
    /// method brings further options: ask for them where they are used.
    /// </summary>
    public static JsonSerializerOptions SerializerOptions => Current.Options;

    /// <summary>Settings that read the same strictly: files that anybody may have edited.</summary>
    public static JsonSerializerOptions Reading => Current.Reading;

    private static Made Current
    {
        get
        {
            var made = _made;
            if (made.Groups != OptionGroups.Version) _made = made = Make();
            return made;
        }
    }

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
            return json.Deserialize<T>(Reading) ?? throw new JsonException("null in place of an object");
        }
        catch (JsonException exception)
        {
            throw Refused(JsonInput.Problem(exception, ofNode: true), exception);
        }
        catch (InvalidOperationException exception)
        {
            // A node is read when it is asked for: text may turn out to be no Unicode.
            throw Refused(OneLine.From(exception.Message), exception);
        }

        AutodidactException Refused(string problem, Exception cause) =>
            new(FailureKind.Data, $"{origin}: not the options this version writes: {problem}", cause);
    }

    private static Made Make() => new(OptionGroups.Version, Writing());

    private static JsonSerializerOptions Writing() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false), new DurationJsonConverter(),
        },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { SpreadGroups } },
    };

    /// <summary>Writes and reads the groups of <see cref="MethodOptions"/> as properties of the record that holds them.</summary>
    private static void SpreadGroups(JsonTypeInfo type)
    {
        if (type.Properties.FirstOrDefault(property => property.PropertyType == typeof(MethodOptions)) is not { } bag) return;
        var at = type.Properties.IndexOf(bag);
        type.Properties.RemoveAt(at);
        foreach (var group in OptionGroups.Of(type.Type).All)
        {
            var property = type.CreateJsonPropertyInfo(group.Type, group.Name);
            property.Get = record => ((MethodOptions)bag.Get!(record)!).Get(group);
            property.Set = (record, value) =>
            {
                if (value is null) throw new JsonException($"null in place of the options {group.Name}");
                bag.Set!(record, ((MethodOptions)bag.Get!(record)!).With(group, value));
            };
            type.Properties.Insert(at++, property);
        }
    }

    /// <param name="Groups">Version of the groups that the settings know.</param>
    /// <param name="Options">The settings.</param>
    private sealed record Made(int Groups, JsonSerializerOptions Options)
    {
        public JsonSerializerOptions Reading { get; } = JsonInput.Strict(Options);
    }

    private sealed class DurationJsonConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Durations.TryParse(reader.GetString(), out var time)
                ? time
                : throw new JsonException("expected a duration such as \"1h30m\"");

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Durations.Format(value));
    }
}
