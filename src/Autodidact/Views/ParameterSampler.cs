using Autodidact.Numerics;

namespace Autodidact.Views;

/// <summary>Draws the random parameters of one view by torchvision's rules.</summary>
internal static class ParameterSampler
{
    private const int Tries = 10;

    internal static ViewParameters Sample(ViewRecipe recipe, int height, int width, ref CounterRandom random)
    {
        var parameters = new ViewParameters
        {
            Box = recipe switch
            {
                { Crop: { } crop } => CropBox(crop, height, width, ref random),
                { PaddingCrop: { } padding } => PaddedBox(padding, height, width, ref random),
                _ => new PixelBox(0, 0, height, width),
            },
            Flip = Happens(recipe.FlipProbability, ref random),
        };

        if (recipe.ColorJitter is { } jitter && Happens(jitter.Probability, ref random))
            Jitter(jitter, ref parameters, ref random);
        parameters.Grayscale = Happens(recipe.GrayscaleProbability, ref random);
        if (recipe.GaussianBlur is { } blur && Happens(blur.Probability, ref random))
            parameters.BlurSigma = random.Uniform((float)blur.SigmaMin, (float)blur.SigmaMax);
        if (recipe.Solarize is { } solarize)
            parameters.Solarize = Happens(solarize.Probability, ref random);
        if (recipe.RandomErasing is { } erasing && Happens(erasing.Probability, ref random))
            parameters.Erased = ErasedBox(erasing, recipe.Size, ref random);
        return parameters;
    }

    internal static PixelBox CropBox(ResizedCrop crop, int height, int width, ref CounterRandom random)
    {
        var (logMin, logMax) = (Math.Log(crop.RatioMin), Math.Log(crop.RatioMax));
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var area = (double)height * width * Between(crop.ScaleMin, crop.ScaleMax, ref random);
            var ratio = Math.Exp(Between(logMin, logMax, ref random));
            var w = (int)Math.Round(Math.Sqrt(area * ratio));
            var h = (int)Math.Round(Math.Sqrt(area / ratio));
            if (w > 0 && w <= width && h > 0 && h <= height)
                return new PixelBox(random.NextInt32(height - h + 1), random.NextInt32(width - w + 1), h, w);
        }

        return CentralBox(crop, height, width);
    }

    internal static PixelBox CentralBox(ResizedCrop crop, int height, int width)
    {
        var ratio = (double)width / height;
        var (h, w) = ratio < crop.RatioMin ? (Math.Clamp((int)Math.Round(width / crop.RatioMin), 1, height), width)
            : ratio > crop.RatioMax ? (height, Math.Clamp((int)Math.Round(height * crop.RatioMax), 1, width))
            : (height, width);
        return new PixelBox((height - h) / 2, (width - w) / 2, h, w);
    }

    internal static PixelBox ErasedBox(RandomErasing erasing, int size, ref CounterRandom random)
    {
        var (logMin, logMax) = (Math.Log(erasing.RatioMin), Math.Log(erasing.RatioMax));
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var area = (double)size * size * Between(erasing.ScaleMin, erasing.ScaleMax, ref random);
            var ratio = Math.Exp(Between(logMin, logMax, ref random));
            var h = (int)Math.Round(Math.Sqrt(area * ratio));
            var w = (int)Math.Round(Math.Sqrt(area / ratio));
            if (h < size && w < size)
                return new PixelBox(random.NextInt32(size - h + 1), random.NextInt32(size - w + 1), h, w);
        }

        return default;
    }

    private static PixelBox PaddedBox(PaddingCrop padding, int height, int width, ref CounterRandom random) =>
        new(
            random.NextInt32((2 * padding.Pixels) + 1) - padding.Pixels,
            random.NextInt32((2 * padding.Pixels) + 1) - padding.Pixels,
            height,
            width);

    private static void Jitter(ColorJitter jitter, ref ViewParameters parameters, ref CounterRandom random)
    {
        Span<JitterPart> order = [JitterPart.Brightness, JitterPart.Contrast, JitterPart.Saturation, JitterPart.Hue];
        random.Shuffle(order);
        parameters.Order = JitterOrder.Of(order[0], order[1], order[2], order[3]);
        parameters.Brightness = Factor(jitter.Brightness, ref random);
        parameters.Contrast = Factor(jitter.Contrast, ref random);
        parameters.Saturation = Factor(jitter.Saturation, ref random);
        parameters.Hue = random.Uniform((float)-jitter.Hue, (float)jitter.Hue);
    }

    private static float Factor(double amount, ref CounterRandom random) =>
        random.Uniform((float)Math.Max(0, 1 - amount), (float)(1 + amount));

    private static double Between(double low, double high, ref CounterRandom random) => low + ((high - low) * random.NextDouble());

    private static bool Happens(double probability, ref CounterRandom random) => random.NextDouble() < probability;
}
