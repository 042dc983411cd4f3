using Autodidact.Options;

namespace Autodidact.Experiments;

/// <summary>One figure of one variant compared with one of another, or of the same, seed by seed: the first minus the second.</summary>
internal sealed record ExperimentComparison
{
    private const int LongestName = 100;

    /// <summary>The comparison in words.</summary>
    public required string Name { get; init; }

    /// <summary>The variant that is subtracted from.</summary>
    public required string Variant { get; init; }

    /// <summary>Its figure, one of the experiment's metrics.</summary>
    public required string Metric { get; init; }

    /// <summary>The variant that is subtracted.</summary>
    public required string Against { get; init; }

    /// <summary>The figure of <see cref="Against"/>, one of the experiment's metrics; null is <see cref="Metric"/>.</summary>
    public string? AgainstMetric { get; init; }

    /// <summary>Refuses a comparison that an experiment cannot make.</summary>
    /// <param name="variants">Names of its variants.</param>
    /// <param name="metrics">Its metrics.</param>
    /// <exception cref="AutodidactException">
    /// An unknown variant or metric, figures of two kinds, or the same on both sides; kind Usage.
    /// </exception>
    internal void Check(IReadOnlyList<string> variants, IReadOnlyList<MetricColumn> metrics)
    {
        // The name stands in a table: a line break would end its row.
        if (Name.Trim().Length == 0 || Name.Length > LongestName || Name.Any(char.IsControl))
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"comparison '{Name.ReplaceLineEndings(" ")}': a name is one line of 1 to {LongestName} characters: change it");
        }

        foreach (var variant in new[] { Variant, Against }.Where(v => !variants.Contains(v)))
        {
            throw Refused($"'{variant}' is no variant{NearestNames.Hint(variant, variants)} (variants: {string.Join(", ", variants)})");
        }

        var (metric, against) = (Find(Metric, metrics), Find(AgainstMetric ?? Metric, metrics));
        if (Variant == Against && metric == against) throw Refused($"{Variant} is compared with itself: name another variant or metric");
        if (metric.IsFraction != against.IsFraction)
        {
            throw Refused($"{metric.Name} and {against.Name}: one is a fraction and the other is not: compare figures of one kind");
        }
    }

    private MetricColumn Find(string name, IReadOnlyList<MetricColumn> metrics) =>
        metrics.FirstOrDefault(m => m.Name == name)
        ?? throw Refused(
            $"'{name}' is not among the metrics{NearestNames.Hint(name, metrics.Select(m => m.Name))}: "
            + "add it there, so that results.csv holds it");

    private AutodidactException Refused(string what) => new(FailureKind.Usage, $"comparison '{Name}': {what}");
}
