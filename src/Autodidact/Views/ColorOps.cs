using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Autodidact.Views;

/// <summary>
/// Colour operations on planes of floats in [0, 1], in place, with torchvision's definitions. Pixels are not rounded to bytes in between.
/// Each works on whole vectors and so may touch up to seven floats of slack behind a plane.
/// </summary>
internal static unsafe class ColorOps
{
    private const float GreyRed = 0.299f;
    private const float GreyGreen = 0.587f;
    private const float GreyBlue = 0.114f;

    /// <summary>clamp(factor * value).</summary>
    internal static void Brightness(in Planes p, float factor)
    {
        for (var i = 0; i < p.Length; i += Lanes.Width)
        {
            Lanes.Clamp01(Vector256.Load(p.Red + i) * factor).Store(p.Red + i);
            Lanes.Clamp01(Vector256.Load(p.Green + i) * factor).Store(p.Green + i);
            Lanes.Clamp01(Vector256.Load(p.Blue + i) * factor).Store(p.Blue + i);
        }
    }

    /// <summary>clamp(factor * value + (1 - factor) * m), m the mean grey of the view.</summary>
    internal static void Contrast(in Planes p, float factor)
    {
        var offset = Vector256.Create((1 - factor) * MeanGrey(p));
        var gain = Vector256.Create(factor);
        for (var i = 0; i < p.Length; i += Lanes.Width)
        {
            Lanes.Clamp01(Vector256.FusedMultiplyAdd(Vector256.Load(p.Red + i), gain, offset)).Store(p.Red + i);
            Lanes.Clamp01(Vector256.FusedMultiplyAdd(Vector256.Load(p.Green + i), gain, offset)).Store(p.Green + i);
            Lanes.Clamp01(Vector256.FusedMultiplyAdd(Vector256.Load(p.Blue + i), gain, offset)).Store(p.Blue + i);
        }
    }

    /// <summary>clamp(factor * value + (1 - factor) * g), g the pixel's grey.</summary>
    internal static void Saturation(in Planes p, float factor)
    {
        var gain = Vector256.Create(factor);
        for (var i = 0; i < p.Length; i += Lanes.Width)
        {
            var (r, g, b) = (Vector256.Load(p.Red + i), Vector256.Load(p.Green + i), Vector256.Load(p.Blue + i));
            var offset = Grey(r, g, b) * (1 - factor);
            Lanes.Clamp01(Vector256.FusedMultiplyAdd(r, gain, offset)).Store(p.Red + i);
            Lanes.Clamp01(Vector256.FusedMultiplyAdd(g, gain, offset)).Store(p.Green + i);
            Lanes.Clamp01(Vector256.FusedMultiplyAdd(b, gain, offset)).Store(p.Blue + i);
        }
    }

    /// <summary>Turns the hue of the HSV hexcone by a fraction of a full turn; value and saturation stay.</summary>
    internal static void Hue(in Planes p, float turns)
    {
        var shift = Vector256.Create(6 * turns);
        for (var i = 0; i < p.Length; i += Lanes.Width)
        {
            var (r, g, b) = (Vector256.Load(p.Red + i), Vector256.Load(p.Green + i), Vector256.Load(p.Blue + i));
            var high = Vector256.MaxNative(r, Vector256.MaxNative(g, b));
            var low = Vector256.MinNative(r, Vector256.MinNative(g, b));
            var chroma = high - low;

            // A grey pixel has no hue; dividing by one there leaves it grey without a branch.
            var inverse = Vector256<float>.One / Vector256.ConditionalSelect(
                Vector256.Equals(chroma, Vector256<float>.Zero), Vector256<float>.One, chroma);
            var isRed = Vector256.Equals(high, r);
            var isGreen = Vector256.Equals(high, g);
            var difference = Vector256.ConditionalSelect(isRed, g - b, Vector256.ConditionalSelect(isGreen, b - r, r - g));
            var sector = Vector256.ConditionalSelect(
                isRed, Vector256<float>.Zero, Vector256.ConditionalSelect(isGreen, Vector256.Create(2f), Vector256.Create(4f)));
            var hue = Vector256.FusedMultiplyAdd(difference, inverse, sector + shift);
            hue -= Vector256.Floor(hue * (1f / 6)) * 6f;

            // The three trapezoids of the hexcone, as ramps clamped to [0, 1].
            var red = Lanes.Clamp01(Vector256.Abs(hue - Vector256.Create(3f)) - Vector256<float>.One);
            var green = Lanes.Clamp01(Vector256.Create(2f) - Vector256.Abs(hue - Vector256.Create(2f)));
            var blue = Lanes.Clamp01(Vector256.Create(2f) - Vector256.Abs(hue - Vector256.Create(4f)));
            Vector256.FusedMultiplyAdd(chroma, red, low).Store(p.Red + i);
            Vector256.FusedMultiplyAdd(chroma, green, low).Store(p.Green + i);
            Vector256.FusedMultiplyAdd(chroma, blue, low).Store(p.Blue + i);
        }
    }

    /// <summary>Every channel becomes the pixel's grey.</summary>
    internal static void Grayscale(in Planes p)
    {
        for (var i = 0; i < p.Length; i += Lanes.Width)
        {
            var grey = Grey(Vector256.Load(p.Red + i), Vector256.Load(p.Green + i), Vector256.Load(p.Blue + i));
            grey.Store(p.Red + i);
            grey.Store(p.Green + i);
            grey.Store(p.Blue + i);
        }
    }

    /// <summary>Values at or above the threshold become 1 - value.</summary>
    internal static void Solarize(in Planes p, float threshold)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = p.Red + (channel * p.Stride);
            for (var i = 0; i < p.Length; i += Lanes.Width)
            {
                var value = Vector256.Load(plane + i);
                Vector256.ConditionalSelect(
                    Vector256.GreaterThanOrEqual(value, Vector256.Create(threshold)), Vector256<float>.One - value, value)
                    .Store(plane + i);
            }
        }
    }

    /// <summary>Clamps to [0, 1]: cubic interpolation overshoots.</summary>
    internal static void Clamp(in Planes p)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            var plane = p.Red + (channel * p.Stride);
            for (var i = 0; i < p.Length; i += Lanes.Width)
                Lanes.Clamp01(Vector256.Load(plane + i)).Store(plane + i);
        }
    }

    private static float MeanGrey(in Planes p)
    {
        var (sum0, sum1, sum2) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        var i = 0;
        for (; i <= p.Length - Lanes.Width; i += Lanes.Width)
        {
            sum0 += Vector256.Load(p.Red + i);
            sum1 += Vector256.Load(p.Green + i);
            sum2 += Vector256.Load(p.Blue + i);
        }

        var (red, green, blue) = (Vector256.Sum(sum0), Vector256.Sum(sum1), Vector256.Sum(sum2));
        for (; i < p.Length; i++)
        {
            red += p.Red[i];
            green += p.Green[i];
            blue += p.Blue[i];
        }

        return ((GreyRed * red) + (GreyGreen * green) + (GreyBlue * blue)) / p.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Grey(Vector256<float> r, Vector256<float> g, Vector256<float> b) =>
        Vector256.FusedMultiplyAdd(r, Vector256.Create(GreyRed), Vector256.FusedMultiplyAdd(g, Vector256.Create(GreyGreen), b * GreyBlue));
}
