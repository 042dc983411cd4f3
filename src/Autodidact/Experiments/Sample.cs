namespace Autodidact.Experiments;

/// <summary>Mean and spread of values; what too few values do not tell is null.</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Mean">Their mean; null if there are none.</param>
/// <param name="Deviation">Their standard deviation, with n - 1; null for fewer than two.</param>
internal sealed record Sample(int Count, double? Mean, double? Deviation)
{
    /// <summary>Probability that an <see cref="Interval"/> holds the true mean.</summary>
    public const double Confidence = 0.95;

    /// <summary>Half the width of the 95 % confidence interval of the mean, by Student's t; null for fewer than two values.</summary>
    public double? Interval => Deviation is { } deviation ? StudentT.Quantile(Confidence, Count - 1) * deviation / Math.Sqrt(Count) : null;

    /// <summary>Mean and spread of values.</summary>
    /// <param name="values">The values.</param>
    public static Sample Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        if (all.Length == 0) return new Sample(0, null, null);
        var mean = all.Average();
        return new Sample(all.Length, mean, all.Length < 2 ? null : Math.Sqrt(all.Sum(v => (v - mean) * (v - mean)) / (all.Length - 1)));
    }

    /// <summary>Differences between two variants over the seeds both have: what a seed does to both of them cancels out.</summary>
    /// <param name="values">Values of one variant by seed.</param>
    /// <param name="baseline">Values of the other by seed.</param>
    public static Sample Paired(IReadOnlyDictionary<ulong, double> values, IReadOnlyDictionary<ulong, double> baseline) =>
        Of(values.Where(v => baseline.ContainsKey(v.Key)).OrderBy(v => v.Key).Select(v => v.Value - baseline[v.Key]));
}
