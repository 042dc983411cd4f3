namespace Autodidact.Inference;

/// <summary>Decides after each exit whether its answer is taken. The deepest exit's always is.</summary>
public abstract record ExitPolicy
{
    private ExitPolicy()
    {
    }

    /// <summary>The thresholds that were chosen when the model was exported.</summary>
    public static ExitPolicy Default { get; } = new ChosenAtExport();

    /// <summary>Takes the first answer whose confidence, the largest probability, is at least <paramref name="threshold"/>.</summary>
    /// <param name="threshold">0 (the first exit answers all) to 1.</param>
    public static ExitPolicy Confidence(double threshold) => new ByConfidence(InRange(threshold, 0, 1, nameof(threshold)));

    /// <summary>Takes the first answer whose confidence is at least its exit's threshold.</summary>
    /// <param name="thresholds">One an exit, shallow to deep; the deepest exit's is not asked.</param>
    public static ExitPolicy PerExit(IReadOnlyList<double> thresholds) => new ByExit(thresholds);

    /// <summary>
    /// Takes the first answer whose entropy, over the logarithm of the number of clusters, is at most <paramref name="threshold"/>.
    /// </summary>
    /// <param name="threshold">0 to 1 (the first exit answers all).</param>
    public static ExitPolicy Entropy(double threshold) => new ByEntropy(InRange(threshold, 0, 1, nameof(threshold)));

    /// <summary>Always answers at one exit, whose compact graph runs alone.</summary>
    /// <param name="exit">1 is the shallowest.</param>
    public static ExitPolicy Fixed(int exit) => new AtExit(exit);

    /// <summary>The most faithful of the model's measured settings whose mean cost is at most <paramref name="meanMacs"/>.</summary>
    /// <param name="meanMacs">Multiply-accumulates an image.</param>
    public static ExitPolicy Budget(double meanMacs) => new WithinBudget(InRange(meanMacs, 0, double.MaxValue, nameof(meanMacs)));

    private static double InRange(double value, double low, double high, string name) => value >= low && value <= high
        ? value
        : throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"expected {low} to {high}"));

    /// <summary>Whether an exit's answer is taken.</summary>
    /// <param name="manifest">The model.</param>
    /// <returns>A function of the exit (0 the shallowest) and its probabilities.</returns>
    internal abstract Func<int, ReadOnlySpan<float>, bool> Rule(ModelManifest manifest);

    internal sealed record ChosenAtExport : ExitPolicy
    {
        internal override Func<int, ReadOnlySpan<float>, bool> Rule(ModelManifest manifest) =>
            new ByExit([.. manifest.Exits.Select(e => e.Threshold)]).Rule(manifest);
    }

    internal sealed record ByConfidence(double Threshold) : ExitPolicy
    {
        internal override Func<int, ReadOnlySpan<float>, bool> Rule(ModelManifest manifest) =>
            (_, probabilities) => Largest(probabilities) >= Threshold;
    }

    internal sealed record ByExit(IReadOnlyList<double> Thresholds) : ExitPolicy
    {
        internal override Func<int, ReadOnlySpan<float>, bool> Rule(ModelManifest manifest) => Thresholds.Count == manifest.Exits.Count
            ? (exit, probabilities) => Largest(probabilities) >= Thresholds[exit]
            : throw new AutodidactException(
                FailureKind.Usage,
                $"{Plural.Of(Thresholds.Count, "threshold")}: the model has {Plural.Of(manifest.Exits.Count, "exit")}, give one for each");
    }

    internal sealed record ByEntropy(double Threshold) : ExitPolicy
    {
        internal override Func<int, ReadOnlySpan<float>, bool> Rule(ModelManifest manifest)
        {
            var most = Math.Log(Math.Max(2, manifest.Clusters));
            return (_, probabilities) =>
            {
                var entropy = 0.0;
                foreach (var p in probabilities)
                {
                    entropy -= p > 0 ? p * Math.Log(p) : 0;
                }

                return entropy / most <= Threshold;
            };
        }
    }

    internal sealed record AtExit(int Exit) : ExitPolicy
    {
        internal override Func<int, ReadOnlySpan<float>, bool> Rule(ModelManifest manifest) => (exit, _) => exit + 1 >= Exit;
    }

    internal sealed record WithinBudget(double MeanMacs) : ExitPolicy
    {
        internal override Func<int, ReadOnlySpan<float>, bool> Rule(ModelManifest manifest)
        {
            var best = manifest.TradeOffs.Where(t => t.MeanMacs <= MeanMacs).MaxBy(t => t.Agreement)
                ?? throw new AutodidactException(
                    FailureKind.Usage,
                    manifest.TradeOffs.Count == 0
                        ? "the model carries no measured settings, so a budget cannot be met: "
                            + "export it from a run with held-out images, or choose another policy"
                        : FormattableString.Invariant($"a budget of {MeanMacs:0} MACs: the cheapest measured setting takes ")
                            + FormattableString.Invariant($"{manifest.TradeOffs.Min(t => t.MeanMacs):0}: allow as much"));
            return new ByExit(best.Thresholds).Rule(manifest);
        }
    }

    private static float Largest(ReadOnlySpan<float> probabilities) => System.Numerics.Tensors.TensorPrimitives.Max(probabilities);
}
