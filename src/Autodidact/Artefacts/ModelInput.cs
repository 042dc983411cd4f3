using System.Globalization;
using Autodidact.Models;
using Autodidact.Views;

namespace Autodidact.Artefacts;

/// <summary>How a trained network wants its images, kept in the metadata of its file.</summary>
/// <param name="Architecture">Architecture of the backbone.</param>
/// <param name="ViewSize">Side of the images in pixels.</param>
/// <param name="Normalization">Mean and standard deviation of the pixels.</param>
internal sealed record ModelInput(string Architecture, int ViewSize, PixelNormalization Normalization)
{
    private const string SizeKey = "view_size";
    private const string MeanKey = "mean";
    private const string StdKey = "std";

    public Dictionary<string, string> ToMetadata() => new()
    {
        [EncoderFile.ArchitectureKey] = Architecture,
        [SizeKey] = ViewSize.ToString(CultureInfo.InvariantCulture),
        [MeanKey] = Format(Normalization.Mean),
        [StdKey] = Format(Normalization.Std),
    };

    /// <summary>Reads what the file says; what it does not say comes from <paramref name="fallback"/>.</summary>
    public static ModelInput FromMetadata(IReadOnlyDictionary<string, string> metadata, ModelInput fallback) => new(
        metadata.GetValueOrDefault(EncoderFile.ArchitectureKey, fallback.Architecture),
        int.TryParse(metadata.GetValueOrDefault(SizeKey), CultureInfo.InvariantCulture, out var size) ? size : fallback.ViewSize,
        metadata.TryGetValue(MeanKey, out var mean) && metadata.TryGetValue(StdKey, out var std)
            ? new PixelNormalization(Parse(mean), Parse(std))
            : fallback.Normalization);

    private static string Format(RgbTriple v) => string.Create(CultureInfo.InvariantCulture, $"{v.Red} {v.Green} {v.Blue}");

    private static RgbTriple Parse(string text)
    {
        var parts = text.Split(' ');
        return parts.Length == 3
            && float.TryParse(parts[0], CultureInfo.InvariantCulture, out var red)
            && float.TryParse(parts[1], CultureInfo.InvariantCulture, out var green)
            && float.TryParse(parts[2], CultureInfo.InvariantCulture, out var blue)
            ? new RgbTriple(red, green, blue)
            : throw new AutodidactException(
                FailureKind.Data, $"model metadata: expected three numbers, got '{text}': export the model again");
    }
}
