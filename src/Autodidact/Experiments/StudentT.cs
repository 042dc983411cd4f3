namespace Autodidact.Experiments;

/// <summary>Student's t distribution with a whole number of degrees of freedom.</summary>
internal static class StudentT
{
    /// <summary>
    /// The value that |t| stays below with a given probability: 12.706 for 0.95 and one degree of freedom, 1.960 for many. Found by
    /// bisection of the closed form of <see cref="Central"/>.
    /// </summary>
    /// <param name="probability">Between 0 and 1, both excluded.</param>
    /// <param name="degrees">Degrees of freedom, at least 1.</param>
    public static double Quantile(double probability, int degrees)
    {
        if (probability is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "expected a probability between 0 and 1");
        }
        var (low, high) = (0.0, 1.0);
        while (Central(high, degrees) < probability) high *= 2;
        while (high - low > 1e-12 * high)
        {
            var middle = (low + high) / 2;
            if (middle <= low || middle >= high) break;
            if (Central(middle, degrees) < probability) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>
    /// Probability that |T| is below t (Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.7.3 and 26.7.4).
    /// </summary>
    /// <param name="t">At least 0.</param>
    /// <param name="degrees">Degrees of freedom, at least 1.</param>
    public static double Central(double t, int degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(t);
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        var angle = Math.Atan(t / Math.Sqrt(degrees));
        var (sine, cosine) = Math.SinCos(angle);
        var odd = degrees % 2 == 1;
        var (term, sum) = odd ? (cosine, degrees > 1 ? cosine : 0) : (1.0, 1.0);
        for (var k = odd ? 2 : 1; k <= degrees - 3; k += 2)
        {
            // Odd: 1, 2/3, 2*4/(3*5), ...; even: 1, 1/2, 1*3/(2*4), ...
            term *= cosine * cosine * k / (k + 1);
            sum += term;
        }

        return odd ? 2 / Math.PI * (angle + (sine * sum)) : sine * sum;
    }
}
