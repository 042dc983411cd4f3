using System.Numerics.Tensors;

namespace Autodidact.Inference;

/// <summary>
/// Cosine similarity, twice: in single precision with a bound of its error, to pass over rows that cannot be among the best, and in double
/// precision, summed in a fixed order, for the rows that are reported. So neither the machine's vector width nor the number of threads can
/// change a hit.
/// </summary>
internal static class Cosine
{
    // Inside these squares of floats neither overflow nor lose their digits.
    private const float SmallestSquare = 1e-30f;
    private const float LargestSquare = 1e30f;
    private const double UnitRoundoff = 1.0 / (1 << 24);

    /// <summary>Most by which <see cref="Estimate"/> can differ from <see cref="Of"/>, generously.</summary>
    /// <remarks>
    /// A product of d terms errs by at most d roundoffs of the lengths' product, the square of a length by d, its root by half of that;
    /// the rest is for scaling.
    /// </remarks>
    public static float ErrorBound(int dimensions) => (float)(((2.0 * dimensions) + 16) * UnitRoundoff);

    /// <summary>The cosine; 0 where one of them has no length, not a number where one of them is not finite.</summary>
    public static double Of(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double product = 0, left = 0, right = 0;
        for (var i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            left += (double)a[i] * a[i];
            right += (double)b[i] * b[i];
        }

        // One root of the product of the squares: a row's cosine to itself is then 1 to the last digit.
        var lengths = Math.Sqrt(left * right);
        return lengths == 0 ? 0 : Math.Clamp(product / lengths, -1, 1);
    }

    /// <summary>A row scaled to unit length; zeros stay zeros.</summary>
    public static float[] Normalized(ReadOnlySpan<float> row)
    {
        var squares = 0.0;
        foreach (var value in row)
        {
            squares += (double)value * value;
        }

        var result = row.ToArray();
        if (squares > 0)
        {
            var length = Math.Sqrt(squares);
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = (float)(result[i] / length);
            }
        }

        return result;
    }

    /// <summary>
    /// The factor that makes a row's product with a normalised query their cosine; not a number where single precision cannot tell.
    /// </summary>
    public static float Scale(ReadOnlySpan<float> row)
    {
        var square = TensorPrimitives.SumOfSquares(row);
        return square is > SmallestSquare and < LargestSquare ? 1 / MathF.Sqrt(square) : float.NaN;
    }

    /// <summary>The cosine in single precision; not a number where the row is not finite.</summary>
    /// <param name="query">The query, normalised.</param>
    /// <param name="row">The row.</param>
    /// <param name="scale"><see cref="Scale"/> of the row.</param>
    public static float Estimate(ReadOnlySpan<float> query, ReadOnlySpan<float> row, float scale) =>
        float.IsNaN(scale) ? (float)Of(query, row) : TensorPrimitives.Dot(query, row) * scale;
}
