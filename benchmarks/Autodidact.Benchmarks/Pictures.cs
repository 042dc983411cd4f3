using Autodidact.Images;
using NetVips;

namespace Autodidact.Benchmarks;

/// <summary>Folders of made-up pictures in several formats.</summary>
internal static class Pictures
{
    private static readonly string[] _extensions = [".png", ".jpg", ".webp", ".tif", ".gif"];

    /// <summary>Writes pictures of the built-in set, 32 x 32, each in the next of the formats.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Which.</param>
    public static void Write(string folder, int count, ulong seed)
    {
        Directory.CreateDirectory(folder);
        var at = 0;
        foreach (var entry in new SyntheticSource(count, seed, "train").Enumerate())
        {
            var raw = (RawImage)entry.Content;
            using var image = Image.NewFromMemory(raw.Pixels.ToArray(), raw.Width, raw.Height, raw.Channels, Enums.BandFormat.Uchar);
            using var tagged = image.Copy(interpretation: Enums.Interpretation.Srgb);
            tagged.WriteToFile(Path.Combine(folder, $"{at:D3}{_extensions[at % _extensions.Length]}"));
            at++;
        }
    }
}
