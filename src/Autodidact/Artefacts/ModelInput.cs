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

    /// <summary>Pixels are divided by it.</summary>
    private const float SmallestStd = 1e-6f;

    public Dictionary<string, string> ToMetadata() => new()
    {
        [EncoderFile.ArchitectureKey] = Architecture,
        [SizeKey] = ViewSize.ToString(CultureInfo.InvariantCulture),
        [MeanKey] = Format(Normalization.Mean),
        [StdKey] = Format(Normalization.Std),
    };

    /// <summary>Reads what the file says; what it does not say comes from <paramref name="fallback"/>.</summary>
    /// <param name="metadata">The file's metadata.</param>
    /// <param name="fallback">Stands for what they do not say.</param>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="AutodidactException">A value is none that a network of ours can have; kind Data.</exception>
    public static ModelInput FromMetadata(IReadOnlyDictionary<string, string> metadata, ModelInput fallback, string file) => new(
        metadata.GetValueOrDefault(EncoderFile.ArchitectureKey, fallback.Architecture),
        metadata.TryGetValue(SizeKey, out var size) ? Side(size, file) : fallback.ViewSize,
        metadata.TryGetValue(MeanKey, out var mean) && metadata.TryGetValue(StdKey, out var std)
            ? new PixelNormalization(Triple(mean, MeanKey, float.MinValue, file), Triple(std, StdKey, SmallestStd, file))
            : fallback.Normalization);

    private static int Side(string text, string file) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var side) && side is >= 1 and <= ViewOptions.LargestSize
            ? side
            : throw Bad(file, SizeKey, $"1 to {ViewOptions.LargestSize}", text);

    private static string Format(RgbTriple v) => string.Create(CultureInfo.InvariantCulture, $"{v.Red} {v.Green} {v.Blue}");

    private static RgbTriple Triple(string text, string key, float least, string file)
    {
        var parts = text.Split(' ');
        return parts.Length == 3
            && float.TryParse(parts[0], CultureInfo.InvariantCulture, out var red)
            && float.TryParse(parts[1], CultureInfo.InvariantCulture, out var green)
            && float.TryParse(parts[2], CultureInfo.InvariantCulture, out var blue)
            && new[] { red, green, blue }.All(value => float.IsFinite(value) && value >= least)
            ? new RgbTriple(red, green, blue)
            : throw Bad(file, key, $"three numbers{(least > 0 ? " above zero" : "")}", text);
    }

    private static AutodidactException Bad(string file, string key, string expected, string text) => new(
        FailureKind.Data, $"{file}: in its metadata, {key}: expected {expected}, got '{OneLine.From(text)}': choose another file");
}
