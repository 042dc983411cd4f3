using System.Text.Json;
using System.Text.Json.Serialization;
using Autodidact.Options;

namespace Autodidact.Cli.Rendering;

/// <summary>How a command prints many results: line by line, as they come.</summary>
internal enum ListFormat
{
    Table,
    Json,
    Csv,
}

/// <summary>JSON of one line.</summary>
internal static class JsonLine
{
    private static readonly JsonSerializerOptions Options = new(OptionJson.SerializerOptions)
    {
        WriteIndented = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>An object as one line, without its null values.</summary>
    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Options);
}
