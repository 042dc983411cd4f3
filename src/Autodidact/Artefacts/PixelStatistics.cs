using Autodidact.Images;
using Autodidact.Views;

namespace Autodidact.Artefacts;

/// <summary>Mean and standard deviation of a set's pixels, from which its normalisation is made.</summary>
internal static class PixelStatistics
{
    private const int Sample = 5_000;

    /// <summary>Measures up to 5,000 evenly spaced images; rounded to four decimals, as such constants are published.</summary>
    public static PixelNormalization Measure(IImageSet images)
    {
        Span<long> sums = stackalloc long[3];
        Span<long> squares = stackalloc long[3];
        var count = Math.Min(Sample, images.Count);
        long pixels = 0;
        for (var i = 0; i < count; i++)
        {
            var image = images.Pixels((int)((long)i * images.Count / count));
            for (var p = 0; p < image.Length; p++)
            {
                sums[p % 3] += image[p];
                squares[p % 3] += image[p] * image[p];
            }

            pixels += image.Length / 3;
        }

        Span<float> mean = stackalloc float[3];
        Span<float> std = stackalloc float[3];
        for (var c = 0; c < 3; c++)
        {
            var average = (double)sums[c] / pixels;
            mean[c] = (float)Math.Round(average / 255, 4);

            // A set of one flat colour has no deviation; 1/255 keeps the division defined.
            std[c] =
                (float)Math.Max(Math.Round(Math.Sqrt(Math.Max(0, ((double)squares[c] / pixels) - (average * average))) / 255, 4), 0.0039);
        }

        return new PixelNormalization(new(mean[0], mean[1], mean[2]), new(std[0], std[1], std[2]));
    }
}
