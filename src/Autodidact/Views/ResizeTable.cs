namespace Autodidact.Views;

/// <summary>
/// Weights of a one-dimensional resize, computed as Pillow does: the filter is widened when shrinking, cut off at the border and
/// renormalised. Output i is the sum over t &lt; Counts[i] of <c>Weights[i * Taps + t] * input[Starts[i] + t]</c>.
/// </summary>
internal sealed class ResizeTable
{
    private const double CubicA = -0.5;

    private ResizeTable(int outputs, int taps)
    {
        Taps = taps;
        Starts = new int[outputs];
        Counts = new int[outputs];
        Weights = new float[outputs * taps];
    }

    /// <summary>Inputs an output needs at most.</summary>
    internal int Taps { get; }

    /// <summary>First input of each output.</summary>
    internal int[] Starts { get; }

    /// <summary>Inputs of each output; weights of exactly zero at either end are left out.</summary>
    internal int[] Counts { get; }

    /// <summary>Output-major, <see cref="Taps"/> apart.</summary>
    internal float[] Weights { get; }

    /// <summary>Computes the weights.</summary>
    /// <param name="input">Length before.</param>
    /// <param name="output">Length after.</param>
    /// <param name="interpolation">The filter.</param>
    /// <param name="gain">All weights are multiplied by it.</param>
    internal static ResizeTable Create(int input, int output, Interpolation interpolation, double gain = 1)
    {
        var scale = (double)input / output;
        var widening = Math.Max(scale, 1);
        var support = Reach(interpolation) * widening;
        var table = new ResizeTable(output, Math.Min(input, (int)Math.Ceiling(2 * support) + 1));
        var weights = new double[table.Taps];
        for (var i = 0; i < output; i++)
        {
            var center = (i + 0.5) * scale;
            var first = Math.Max(0, (int)(center - support + 0.5));
            var count = Math.Min(input, (int)(center + support + 0.5)) - first;
            var total = 0.0;
            for (var t = 0; t < count; t++)
                total += weights[t] = Filter(Math.Abs((first + t - center + 0.5) / widening), interpolation);

            var skip = 0;
            while (skip < count - 1 && weights[skip] == 0)
                skip++;
            while (count > skip + 1 && weights[count - 1] == 0)
                count--;
            table.Starts[i] = first + skip;
            table.Counts[i] = count - skip;
            for (var t = skip; t < count; t++)
                table.Weights[(i * table.Taps) + t - skip] = (float)(weights[t] / total * gain);
        }

        return table;
    }

    /// <summary>Pixels beyond which the filter is 0.</summary>
    private static int Reach(Interpolation interpolation) => interpolation switch
    {
        Interpolation.Bilinear => 1,
        Interpolation.Bicubic => 2,
        _ => throw Unknown(interpolation),
    };

    private static double Filter(double x, Interpolation interpolation) => interpolation switch
    {
        Interpolation.Bilinear => Math.Max(0, 1 - x),
        Interpolation.Bicubic => Cubic(x),
        _ => throw Unknown(interpolation),
    };

    private static ArgumentOutOfRangeException Unknown(Interpolation interpolation) =>
        new(nameof(interpolation), interpolation, "no filter of this kind is known");

    private static double Cubic(double x) => x switch
    {
        < 1 => ((((CubicA + 2) * x) - (CubicA + 3)) * x * x) + 1,
        < 2 => CubicA * (((x - 5) * x * x) + (8 * x) - 4),
        _ => 0,
    };
}
