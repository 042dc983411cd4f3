namespace Autodidact.Views;

/// <summary>Checks the values of a <see cref="ViewRecipe"/>.</summary>
internal static class ViewRecipeRules
{
    private const int MaxSize = 4096;

    /// <summary>Checks every value.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <exception cref="AutodidactException">A value is out of range; the message names it.</exception>
    public static void Validate(this ViewRecipe recipe)
    {
        Require(recipe.Size is >= 1 and <= MaxSize, nameof(recipe.Size), recipe.Size, $"1 to {MaxSize} pixels");
        Probability(recipe.FlipProbability, nameof(recipe.FlipProbability));
        Probability(recipe.GrayscaleProbability, nameof(recipe.GrayscaleProbability));
        Require(
            recipe.Crop is null || recipe.PaddingCrop is null, nameof(recipe.PaddingCrop), "set beside Crop", "only one of the two crops");
        Crop(recipe.Crop);
        Padding(recipe.PaddingCrop);
        Jitter(recipe.ColorJitter);
        Blur(recipe.GaussianBlur);
        Solarisation(recipe.Solarize);
        Erasing(recipe.RandomErasing);
        var std = recipe.Normalization.Std;
        Require(std is { Red: > 0, Green: > 0, Blue: > 0 }, "Normalization.Std", std, "each channel above 0");
    }

    private static void Crop(ResizedCrop? crop)
    {
        if (crop is not null)
        {
            Range(crop.ScaleMin, crop.ScaleMax, 1, "Crop.Scale");
            Range(crop.RatioMin, crop.RatioMax, double.MaxValue, "Crop.Ratio");
            Require(Enum.IsDefined(crop.Interpolation), "Crop.Interpolation", crop.Interpolation, "bilinear or bicubic");
        }
    }

    private static void Padding(PaddingCrop? padding)
    {
        if (padding is not null)
            Require(padding.Pixels is >= 0 and <= MaxSize, "PaddingCrop.Pixels", padding.Pixels, $"0 to {MaxSize}");
    }

    private static void Jitter(ColorJitter? jitter)
    {
        if (jitter is null)
            return;
        foreach (var (value, name) in new[]
                 {
                     (jitter.Brightness, nameof(jitter.Brightness)),
                     (jitter.Contrast, nameof(jitter.Contrast)),
                     (jitter.Saturation, nameof(jitter.Saturation)),
                 })
            Require(value >= 0 && double.IsFinite(value), $"ColorJitter.{name}", value, "0 or more");
        Require(jitter.Hue is >= 0 and <= 0.5, "ColorJitter.Hue", jitter.Hue, "0 to 0.5 turns");
        Probability(jitter.Probability, "ColorJitter.Probability");
    }

    private static void Blur(GaussianBlur? blur)
    {
        if (blur is not null)
        {
            Range(blur.SigmaMin, blur.SigmaMax, double.MaxValue, "GaussianBlur.Sigma");
            Require(blur.KernelFraction is > 0 and <= 1, "GaussianBlur.KernelFraction", blur.KernelFraction, "above 0, at most 1");
            Probability(blur.Probability, "GaussianBlur.Probability");
        }
    }

    private static void Solarisation(Solarize? solarize)
    {
        if (solarize is not null)
        {
            Require(solarize.Threshold is >= 0 and <= 1, "Solarize.Threshold", solarize.Threshold, "0 to 1");
            Probability(solarize.Probability, "Solarize.Probability");
        }
    }

    private static void Erasing(RandomErasing? erasing)
    {
        if (erasing is not null)
        {
            Probability(erasing.Probability, "RandomErasing.Probability");
            Range(erasing.ScaleMin, erasing.ScaleMax, 1, "RandomErasing.Scale");
            Range(erasing.RatioMin, erasing.RatioMax, double.MaxValue, "RandomErasing.Ratio");
        }
    }

    private static void Probability(double value, string name) => Require(value is >= 0 and <= 1, name, value, "0 to 1");

    private static void Range(double low, double high, double limit, string name) =>
        Require(
            low > 0 && low <= high && high <= limit,
            name,
            FormattableString.Invariant($"{low} to {high}"),
            "above 0, the minimum at most the maximum");

    private static void Require(bool holds, string name, object value, string expected)
    {
        if (!holds)
            throw new AutodidactException(FailureKind.Usage, FormattableString.Invariant($"view: {name} is {value}; expected {expected}"));
    }
}
