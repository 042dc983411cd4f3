using System.Globalization;

namespace Autodidact.Views;

/// <summary>The normalisation that an adopted encoder expects: a known name, or six numbers.</summary>
internal static class EncoderNormalization
{
    public const string Auto = "auto";

    /// <summary>Values from 0 to 255 as they are.</summary>
    public static readonly PixelNormalization Bytes = new(new(0, 0, 0), new(1 / 255f, 1 / 255f, 1 / 255f));

    private static readonly Dictionary<string, PixelNormalization> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["imagenet"] = PixelNormalization.ImageNet,
        ["clip"] = new(new(0.48145466f, 0.4578275f, 0.40821073f), new(0.26862954f, 0.26130258f, 0.27577711f)),
        ["half"] = new(new(0.5f, 0.5f, 0.5f), new(0.5f, 0.5f, 0.5f)),
        ["unit"] = PixelNormalization.None,
        ["bytes"] = Bytes,
    };

    /// <summary>Reads the option.</summary>
    /// <param name="text">
    /// <c>auto</c>, a name, or <c>mean/std</c> of three numbers each, on the scale from 0 to 1: <c>0.5,0.5,0.5/0.2,0.2,0.2</c>.
    /// </param>
    /// <param name="channels">Order of the numbers; names mean colours, in whatever order a file wants them.</param>
    /// <returns>Null for <c>auto</c>.</returns>
    /// <exception cref="AutodidactException">It is none of these; kind Usage.</exception>
    public static PixelNormalization? Parse(string text, EncoderChannels channels)
    {
        if (IsAuto(text)) return null;
        var read = Read(text) ?? throw new AutodidactException(FailureKind.Usage, $"encoder_normalization: {Problem(text)}");
        return channels == EncoderChannels.Bgr && !Known.ContainsKey(text) ? new(Reversed(read.Mean), Reversed(read.Std)) : read;
    }

    /// <summary>Whether the option leaves the values to the file.</summary>
    /// <param name="text">As in <see cref="Parse"/>.</param>
    public static bool IsAuto(string text) => text.Equals(Auto, StringComparison.OrdinalIgnoreCase);

    /// <summary>The fault of a value of the option; null for none.</summary>
    /// <param name="text">As in <see cref="Parse"/>.</param>
    public static string? Problem(string text) => IsAuto(text) || Read(text) is not null
        ? null
        : $"expected {Auto}, {string.Join(", ", Known.Keys)}, or mean/std such as 0.5,0.5,0.5/0.25,0.25,0.25; got '{text}'";

    private static RgbTriple Reversed(RgbTriple triple) => new(triple.Blue, triple.Green, triple.Red);

    private static PixelNormalization? Read(string text) => Known.TryGetValue(text, out var known)
        ? known
        : text.Split('/') is [var means, var deviations]
            && Triple(means) is { } mean
            && Triple(deviations) is { Red: > 0, Green: > 0, Blue: > 0 } std
            ? new PixelNormalization(mean, std)
            : null;

    private static RgbTriple? Triple(string text)
    {
        var numbers = text.Split(',');
        return numbers.Length == 3
            && Number(numbers[0]) is { } red
            && Number(numbers[1]) is { } green
            && Number(numbers[2]) is { } blue
            ? new RgbTriple(red, green, blue)
            : null;
    }

    private static float? Number(string text) =>
        float.TryParse(text, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number) ? number : null;
}
