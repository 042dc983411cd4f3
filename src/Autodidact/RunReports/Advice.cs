using Autodidact.Runs;

namespace Autodidact.RunReports;

/// <summary>Something about a run that may be bettered.</summary>
/// <param name="Finding">The finding, with its figures.</param>
/// <param name="Remedy">The remedy to try.</param>
internal sealed record Advice(string Finding, string Remedy);

/// <summary>Rules of what to try next, each written once. A rule speaks only of what was measured.</summary>
internal static class AdviceRules
{
    private const double Clearly = 0.01;

    private static readonly Func<AdviceInput, Advice?>[] Rules =
    [
        FewImages, ManySkipped, ManyDuplicates, LowDeviation, LowRank, NoBetterThanPixels, NoBetterThanUntrained, LossStillFalls,
        TornClusters, LopsidedClusters, StudentBehindEncoder, DeeperIsWorse, ExitsDisagree,
    ];

    /// <summary>Number of rules.</summary>
    public static int Count => Rules.Length;

    /// <summary>Everything the rules find.</summary>
    /// <param name="input">The run.</param>
    public static IReadOnlyList<Advice> For(AdviceInput input) => [.. Rules.Select(rule => rule(input)).OfType<Advice>()];

    private static Advice? FewImages(AdviceInput run) => run.Summary.Data?.PretrainImages is { } images && images < 2_000 && run.Trains
        ? new(
            $"Only {Plural.Of(images, "image")} to pre-train on.",
            "Pre-train on more pictures, related ones will do (--pretrain-data), or start from an encoder that has seen many (--encoder).")
        : null;

    private static Advice? ManySkipped(AdviceInput run)
    {
        var (skipped, images) = (run.Summary.Data?.Skipped ?? 0, run.Summary.Data?.TrainImages ?? 0);
        return skipped > 0.01 * images && skipped > 0
            ? new(
                $"{Plural.Of(skipped, "image")} {(skipped == 1 ? "was" : "were")} left out.",
                "Look at the reasons below: a format that is not read, or damaged files, can often be mended.")
            : null;
    }

    private static Advice? ManyDuplicates(AdviceInput run)
    {
        var (duplicates, images) = (run.Summary.Data?.Duplicates ?? 0, run.Summary.Data?.TrainImages ?? 0);
        return duplicates > 0.02 * images && duplicates > 0
            ? new(
                $"{Plural.Of(duplicates, "image")} {(duplicates == 1 ? "equals" : "equal")} an earlier one.",
                "Remove the copies: a picture seen often draws a cluster to itself, "
                + "and a copy among the evaluation images makes figures too good.")
            : null;
    }

    private static Advice? LowDeviation(AdviceInput run) => run.Last("deviation") is { } deviation && deviation < 0.2
        ? new(
            $"The features hardly differ from image to image (deviation {deviation:0.00} where 1 is full).",
            "Pre-training is close to collapse: lower pretrain.optimizer.learning_rate, or choose another --pretrain-method.")
        : null;

    private static Advice? LowRank(AdviceInput run) => run.Last("effective_rank") is { } rank && rank < 8
        ? new(
            $"The features use only about {Plural.Of((long)Math.Round(rank), "direction")}.",
            "Pre-train longer, or with a method that spreads features apart (--pretrain-method emp-ssl, simclr or moco-v2).")
        : null;

    private static Advice? NoBetterThanPixels(AdviceInput run) =>
        run.Summary is { Pretrain.Scores.Knn: { } encoder, RawPixels.Knn: { } pixels } && encoder < pixels + Clearly
        ? new(
            $"The encoder ({Figures.Percent(encoder)} k-NN) is no better than raw pixels ({Figures.Percent(pixels)}).",
            "Pre-train longer (--budget), on more images, or with views closer to what differs in your pictures (pretrain.views.*).")
        : null;

    private static Advice? NoBetterThanUntrained(AdviceInput run) => run.Trains
        && run.Summary is { Pretrain.Scores.Linear: { } encoder, Untrained.Linear: { } untrained }
        && encoder < untrained + Clearly
        ? new(
            $"The encoder ({Figures.Percent(encoder)} linear) is no better than an untrained one ({Figures.Percent(untrained)}).",
            "Something keeps it from learning: look at the loss below; try the preset's own learning rate, then a longer --budget.")
        : null;

    private static Advice? LossStillFalls(AdviceInput run)
    {
        double[] losses = [.. run.Metrics.Where(m => m.Stage == "pretrain" && m.Loss is not null).Select(m => m.Loss!.Value)];
        if (losses.Length < 20) return null;
        var tenth = losses.Length / 10;
        var (before, last) = (losses[^(2 * tenth)..^tenth].Average(), losses[^tenth..].Average());

        // The schedule ends at a rate of zero, so a fall to the very end means that it ended early.
        return before - last > 0.02 * Math.Abs(losses[..tenth].Average() - last)
            ? new(
                $"The pre-training loss was still falling at its end ({before:0.###} to {last:0.###} in the last tenth).",
                "A longer --budget, or more pretrain.epochs, will still gain.")
            : null;
    }

    private static Advice? TornClusters(AdviceInput run)
    {
        if (run.Clusters is not { } clusters) return null;
        var tiny = clusters.Sizes.Count(size => size < 0.1 * clusters.Assignments.Length / clusters.Count);
        return tiny > 0.1 * clusters.Count
            ? new(
                $"{Figures.Count(tiny)} of {Plural.Of(clusters.Count, "cluster")} {(tiny == 1 ? "holds" : "hold")} "
                + "less than a tenth of the mean.",
                "Fewer clusters (--clusters) are likely to serve better: a student learns little from a pseudo-class of few pictures.")
            : null;
    }

    private static Advice? LopsidedClusters(AdviceInput run) => run.Clusters is { Count: >= 8 } clusters
        && clusters.Sizes.Max() is var largest
        && largest > 0.25 * clusters.Assignments.Length
        ? new(
            $"One cluster holds {Figures.Percent(largest / (double)clusters.Assignments.Length)} of the images.",
            "Look at its pictures below: either they are alike (remove some), or the encoder does not tell them apart (pre-train longer).")
        : null;

    private static Advice? StudentBehindEncoder(AdviceInput run) =>
        run.Summary.Pretrain?.Scores.Linear is { } encoder && run.Exits is [.., { Scores.Linear: { } deepest }] && deepest < encoder - 0.02
        ? new(
            $"The student ({Figures.Percent(deepest)} linear at the deepest exit) does not reach "
            + $"the encoder that taught it ({Figures.Percent(encoder)}).",
            "Distil longer (distill.epochs), start from the encoder (distill.from_encoder=true), or let its features teach "
            + "(--distill-method seed or compress).")
        : null;

    private static Advice? DeeperIsWorse(AdviceInput run)
    {
        ExitSummary[] scored = [.. run.Exits.Where(e => e.Scores.Linear is not null)];
        return scored is [var first, .., var last] && last.Scores.Linear < first.Scores.Linear - Clearly
            ? new(
                $"The deepest exit ({Figures.Percent(last.Scores.Linear)} linear) is worse than "
                + $"exit {first.Exit} ({Figures.Percent(first.Scores.Linear)}).",
                "The pseudo-labels may be too coarse for a deep network: more clusters, or a longer distillation. "
                + $"Until then exit {first.Exit} is the better model to ship.")
            : null;
    }

    private static Advice? ExitsDisagree(AdviceInput run) => run.Exits is [{ Scores.Agreement: { } agreement }, _, ..] && agreement < 0.5
        ? new(
            $"The first exit answers as the deepest does for only {Figures.Percent(agreement)} of held-out images.",
            "Early exits will save little: distil longer, or with fewer clusters.")
        : null;
}

/// <summary>The parts of a run that <see cref="AdviceRules"/> look at.</summary>
/// <param name="Summary">Its results.</param>
/// <param name="Metrics">Logged steps.</param>
/// <param name="Clusters">The clustering.</param>
/// <param name="Trains">Whether the run pre-trained an encoder of its own.</param>
internal sealed record AdviceInput(Summary Summary, IReadOnlyList<MetricsEntry> Metrics, ClusterFacts? Clusters, bool Trains)
{
    /// <summary>Exits without the ensemble, the shallowest first.</summary>
    public IReadOnlyList<ExitSummary> Exits => [.. (Summary.Exits ?? []).Where(e => !e.IsEnsemble)];

    /// <summary>The last value of a monitor of pre-training; null where it was not watched.</summary>
    /// <param name="metric">Its name.</param>
    public double? Last(string metric) =>
        Metrics.LastOrDefault(m => m.Stage == "pretrain" && m.Metrics.ContainsKey(metric))?.Metrics[metric];
}
