using System.Buffers;
using System.Text.Json;

namespace Autodidact.Runs;

/// <summary>
/// One <see cref="MetricsEntry"/> as one line of JSON. Named metrics stand beside the fixed keys, so that a table reader makes each a
/// column; a value that is not finite is written as null.
/// </summary>
internal static class MetricsJson
{
    /// <summary>Beyond every figure of a training, and far from where sums of figures overflow.</summary>
    private const double Largest = 1e300;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly string[] FixedKeys = ["stage", "step", "epoch", "seconds", "loss", "lr", "images_per_second"];

    public static byte[] Line(MetricsEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("stage", entry.Stage);
            json.WriteNumber("step", entry.Step);
            json.WriteNumber("epoch", entry.Epoch);
            WriteNumber(json, "seconds", Math.Round(entry.Seconds, 3));
            if (entry.Loss is { } loss) WriteNumber(json, "loss", loss);
            if (entry.LearningRate is { } rate) WriteNumber(json, "lr", rate);
            if (entry.ImagesPerSecond is { } speed) WriteNumber(json, "images_per_second", Math.Round(speed, 1));
            foreach (var (name, value) in entry.Metrics)
            {
                if (FixedKeys.Contains(name))
                    throw new ArgumentException($"a metric may not be named {name}: the entry has that key", nameof(entry));
                WriteNumber(json, name, value);
            }
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads one line; null when it is torn, says one key twice, holds a number that is none, or is none of ours.</summary>
    public static MetricsEntry? Parse(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("stage", out var stage) || stage.ValueKind != JsonValueKind.String
                || !root.TryGetProperty("step", out var step) || !step.TryGetInt64(out var number) || number < 0) return null;
            return new MetricsEntry
            {
                Stage = stage.GetString()!,
                Step = number,
                Epoch = (int)(Number(root, "epoch") ?? 0),
                Seconds = Number(root, "seconds") ?? 0,
                Loss = Number(root, "loss"),
                LearningRate = Number(root, "lr"),
                ImagesPerSecond = Number(root, "images_per_second"),
                Metrics = root.EnumerateObject()
                    .Where(p => p.Value.ValueKind == JsonValueKind.Number && !FixedKeys.Contains(p.Name))
                    .ToDictionary(p => p.Name, p => Finite(p.Value)),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    private static double? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? Finite(value) : null;

    private static double Finite(JsonElement value) =>
        value.GetDouble() is var number && Math.Abs(number) <= Largest ? number : throw new JsonException("the number is too large");
}
