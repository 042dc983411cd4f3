using System.CommandLine;
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

    /// <summary>CSV for people: a spreadsheet takes none of its fields for a formula.</summary>
    Spreadsheet,
}

/// <summary>The option that chooses it.</summary>
internal static class ListFormatOption
{
    /// <summary>Makes the option.</summary>
    public static Option<ListFormat> Create() => new("--format")
    {
        Description = "table, json (an object a line), csv, or spreadsheet (csv in which no text is taken for a formula)",
        HelpName = "NAME",
    };
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
