using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Autodidact.Options;

/// <summary>
/// Reads JSON that anybody may have edited. A document is refused as a whole, with the place of its first fault: two values under one name,
/// null or another kind of value where none may stand, an unknown or missing name, a layout that this version does not know.
/// </summary>
internal static class JsonInput
{
    /// <summary>Beyond the largest seed. Sums, durations and tables are made of the numbers.</summary>
    private const double LargestNumber = 2e19;

    private const int LongestPlace = 80;
    private const string SchemaName = "schema";
    private const string Null = "null stands where a value is needed";
    private const string NullElement = "null element ";

    private static readonly JsonDocumentOptions Unambiguous = new() { AllowDuplicateProperties = false };
    private static readonly byte[] ByteOrderMark = [0xef, 0xbb, 0xbf];

    /// <summary>Settings that read what others write, strictly.</summary>
    /// <param name="options">The settings that write.</param>
    public static JsonSerializerOptions Strict(JsonSerializerOptions options) => new(options)
    {
        // Of two values under one name some readers take the first and some the last.
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        TypeInfoResolver = options.TypeInfoResolver!.WithAddedModifier(RefuseNullElements),
    };

    /// <summary>Reads a document.</summary>
    /// <typeparam name="T">Its record.</typeparam>
    /// <param name="utf8">The document, with or without a byte order mark.</param>
    /// <param name="schema">The layout that this version knows.</param>
    /// <param name="options">Strict settings.</param>
    /// <param name="refuse">Makes the failure of what is wrong, in words.</param>
    public static T Read<T>(ReadOnlyMemory<byte> utf8, int schema, JsonSerializerOptions options, Func<string, AutodidactException> refuse)
        where T : class
    {
        if (utf8.Span.StartsWith(ByteOrderMark)) utf8 = utf8[ByteOrderMark.Length..];
        try
        {
            // Before anything else: of a document of another layout nothing can be said.
            using var document = JsonDocument.Parse(utf8, Unambiguous);
            var found = SchemaOf(document.RootElement);
            if (found is null) throw refuse($"it does not say its {SchemaName}");
            if (found != schema)
            {
                var newer = found > schema ? ": a newer version wrote it: update this one" : "";
                throw refuse(string.Create(
                    CultureInfo.InvariantCulture, $"it has {SchemaName} {found}, this version reads {schema}{newer}"));
            }

            if (TooLarge(document.RootElement) is { } place) throw refuse($"{place}: the number is too large");
            return JsonSerializer.Deserialize<T>(utf8.Span, options) ?? throw refuse("it is empty");
        }
        catch (JsonException exception)
        {
            throw refuse(Problem(exception));
        }
        catch (InvalidOperationException exception)
        {
            // Half of a pair of surrogates, say, which is no text.
            throw refuse(Words(exception.Message));
        }
    }

    /// <summary>The fault in words, after its place: <c>stages.pretrain (line 7): null stands where a value is needed</c>.</summary>
    /// <param name="exception">The serializer's exception.</param>
    /// <param name="ofNode">Whether a value was read that had been taken out of its document: its lines are its own.</param>
    public static string Problem(JsonException exception, bool ofNode = false)
    {
        var path = exception.Path ?? "";
        var place = path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path.TrimStart('$');
        var message = exception.Message;
        if (message.StartsWith(NullElement, StringComparison.Ordinal))
        {
            // The serializer stands behind the list's last element by now.
            var last = place.LastIndexOf('[');
            place = $"{(last < 0 ? place : place[..last])}[{message[NullElement.Length..].Split('.', ' ')[0]}]";
            message = Null;
        }

        if (place.Length > LongestPlace) place = "…" + place[^LongestPlace..];
        var line = !ofNode && exception.LineNumber > 0 ? FormattableString.Invariant($"line {exception.LineNumber + 1}") : "";
        var where = (place, line) switch
        {
            ("", "") => "",
            ("", _) => $"{line}: ",
            (_, "") => $"{place}: ",
            _ => $"{place} ({line}): ",
        };
        return where + Words(message);
    }

    /// <summary>The serializer names types of the program and repeats the place.</summary>
    private static string Words(string message)
    {
        if (message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal)
            || message.Contains("cannot be converted", StringComparison.Ordinal)
            || message.Contains("cannot get the value of a token type", StringComparison.OrdinalIgnoreCase))
        {
            return "the value is of another kind than expected there";
        }

        if (message.Contains("allow setting null", StringComparison.Ordinal) || message.Contains("allow null", StringComparison.Ordinal))
            return Null;
        if (message.StartsWith("Duplicate property", StringComparison.Ordinal)) return $"the name {Quoted(message)} is there twice";
        if (message.StartsWith("The JSON property", StringComparison.Ordinal)) return $"unknown name {Quoted(message)}";
        const string Including = "required properties including:";
        if (message.IndexOf(Including, StringComparison.Ordinal) is >= 0 and var list)
        {
            var names = message[(list + Including.Length)..].Split(" Path: ")[0];
            return names.Replace("'", "", StringComparison.Ordinal).Trim(' ', '.') + " missing";
        }

        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        end = end < 0 ? message.IndexOf(" LineNumber: ", StringComparison.Ordinal) : end;
        return (end < 0 ? message : message[..end]).TrimEnd('.');
    }

    private static string Quoted(string message) => message.Split('\'') is [_, var name, ..] ? $"'{OneLine.From(name)}'" : "there";

    private static int? SchemaOf(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Null) throw new JsonException("it is empty");
        if (root.ValueKind != JsonValueKind.Object) throw new JsonException("expected an object");
        if (!root.TryGetProperty(SchemaName, out var schema)) return null;
        return schema.ValueKind == JsonValueKind.Number && schema.TryGetInt32(out var number)
            ? number
            : throw new JsonException($"{SchemaName}: the value is of another kind than expected there");
    }

    /// <summary>Place of the first number that no record holds; null where there is none.</summary>
    private static string? TooLarge(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => Math.Abs(value.GetDouble()) <= LargestNumber ? null : "",
        JsonValueKind.Object => value.EnumerateObject()
            .Select(property => Below(property.Name, TooLarge(property.Value))).FirstOrDefault(place => place is not null),
        JsonValueKind.Array => value.EnumerateArray()
            .Select((element, i) => Below(FormattableString.Invariant($"[{i}]"), TooLarge(element)))
            .FirstOrDefault(place => place is not null),
        _ => null,
    };

    private static string? Below(string name, string? place) => place switch
    {
        null => null,
        "" or ['[', ..] => name + place,
        _ => $"{name}.{place}",
    };

    /// <summary>Annotations of nulls do not reach the elements of lists and the values of dictionaries: ours allow none.</summary>
    private static void RefuseNullElements(JsonTypeInfo type)
    {
        if (type.Kind is not (JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary)) return;
        if (type.ElementType is not { IsValueType: false }) return;
        type.OnDeserialized = value =>
        {
            var index = 0;
            foreach (var element in value is IDictionary dictionary ? dictionary.Values : (IEnumerable)value)
            {
                if (element is null) throw new JsonException(value is IDictionary ? Null : $"{NullElement}{index}");
                index++;
            }
        };
    }
}
