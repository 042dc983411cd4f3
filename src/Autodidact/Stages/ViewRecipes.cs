using Autodidact.Configuration;
using Autodidact.Images;
using Autodidact.Pretraining;
using Autodidact.Views;

namespace Autodidact.Stages;

/// <summary>From a run's options to the views of its stages.</summary>
internal static class ViewRecipes
{
    /// <summary>Sides are multiples of this, so that few distinct shapes occur and stage maps stay whole.</summary>
    private const int SideStep = 4;

    /// <summary>Largest side used where none is asked for; larger packs exist for their crops.</summary>
    private const int LargestDefaultSide = 224;

    public static int FinalSize(ViewOptions options, IImageSet images) =>
        options.Size > 0 ? options.Size : Math.Min(LargestDefaultSide, Math.Min(images.Height, images.Width));

    /// <summary>
    /// Side of the views at a point of the training. It grows linearly, in area-friendly steps, from the start fraction to the full side.
    /// </summary>
    public static int SizeAt(ViewOptions options, int finalSize, double progress)
    {
        if (options.StartFraction >= 1 || progress >= options.GrowUntil)
        {
            return finalSize;
        }

        var fraction = options.StartFraction + ((1 - options.StartFraction) * progress / options.GrowUntil);
        return Math.Clamp((int)(fraction * finalSize / SideStep) * SideStep, Math.Min(SideStep, finalSize), finalSize);
    }

    /// <summary>Points of the training, evenly spaced, whose mean cost stands for the whole.</summary>
    public static double[] ProbePoints(ViewOptions options) =>
        options.StartFraction >= 1 ? [0] : [.. Enumerable.Range(0, 5).Select(i => (i + 0.5) / 5)];

    /// <summary>So many alike views.</summary>
    public static Func<double, ViewSpec> Schedule(
        ViewOptions options, IImageSet images, int finalSize, PixelNormalization normalization, int views) =>
        progress => new ViewSpec
        {
            Views =
            [
                .. Enumerable.Repeat(
                    Augmented(options, SizeAt(options, finalSize, progress), Math.Min(images.Height, images.Width), normalization), views),
            ],
        };

    /// <summary>
    /// The views of pre-training: as many ordinary ones as the method takes, every second one by its own settings, then the local ones.
    /// </summary>
    public static Func<double, ViewSpec> Schedule(
        PretrainOptions options, IImageSet images, int finalSize, PixelNormalization normalization)
    {
        var ordinary = PretrainMethods.Find(options.Method)?.Views(options) ?? PretrainMethod.UsualViews;
        var (views, second, local) = (options.Views, options.SecondView, options.LocalViews);
        var unlike = views with { Blur = second.Blur ?? views.Blur, Solarize = second.Solarize ?? views.Solarize };
        var side = Math.Min(images.Height, images.Width);
        return progress =>
        {
            var size = SizeAt(views, finalSize, progress);
            var small = Augmented(views, Math.Max(SideStep, (int)Math.Round(size * local.Fraction)), side, normalization) with
            {
                Crop = new ResizedCrop { ScaleMin = local.ScaleMin, ScaleMax = local.ScaleMax, Interpolation = views.Interpolation },
                PaddingCrop = null,
            };
            return new ViewSpec
            {
                Views =
                [
                    .. Enumerable.Range(0, ordinary).Select(v => Augmented(v % 2 == 0 ? views : unlike, size, side, normalization)),
                    .. Enumerable.Repeat(small, local.Count),
                ],
            };
        };
    }

    /// <param name="options">The options.</param>
    /// <param name="size">Side of the view.</param>
    /// <param name="side">Side of the packed images, in whose pixels paddings count.</param>
    /// <param name="normalization">Mean and standard deviation.</param>
    private static ViewRecipe Augmented(ViewOptions options, int size, int side, PixelNormalization normalization) => new()
    {
        Size = size,
        Normalization = normalization,
        Crop = options.Padding > 0 || options.CropScale >= 1
            ? null
            : new ResizedCrop { ScaleMin = options.CropScale, ScaleMax = options.CropScaleMax, Interpolation = options.Interpolation },
        PaddingCrop = options.Padding > 0 ? new PaddingCrop { Pixels = (int)Math.Round(options.Padding * side) } : null,
        FlipProbability = options.Flip,
        ColorJitter = (options.Jitter > 0 || options.Hue > 0) && options.JitterProbability > 0
            ? new ColorJitter
            {
                Brightness = options.Jitter,
                Contrast = options.Jitter,
                Saturation = options.Jitter,
                Hue = options.Hue,
                Probability = options.JitterProbability,
            }
            : null,
        GrayscaleProbability = options.Grayscale,
        GaussianBlur = options.Blur > 0 ? new GaussianBlur { Probability = options.Blur } : null,
        Solarize = options.Solarize > 0 ? new Solarize { Probability = options.Solarize } : null,
        RandomErasing = options.Erase > 0 ? new RandomErasing { Probability = options.Erase } : null,
    };
}
