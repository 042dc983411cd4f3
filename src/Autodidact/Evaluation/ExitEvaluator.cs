using Autodidact.Metrics;
using Autodidact.Numerics;
using Autodidact.Runs;

namespace Autodidact.Evaluation;

/// <summary>Scores every exit of a student and the ensemble of all.</summary>
internal static class ExitEvaluator
{
    /// <summary>
    /// One row per exit, shallowest first, then the ensemble. Cost and speed are other measurements and stay absent here.
    /// </summary>
    /// <param name="train">Outputs for the training images: probes and cluster names are fitted on these.</param>
    /// <param name="evaluation">Outputs for the evaluation images: every score but the agreement speaks of these.</param>
    /// <param name="holdoutLogits">
    /// Per exit, logits for the held-out images, for the agreement with the deepest exit; null leaves it unmeasured. It needs no labels.
    /// </param>
    /// <param name="labels">Classes of both splits, or null where there are none: then only the agreement is measured.</param>
    /// <param name="options">Settings of the probes.</param>
    /// <param name="only">
    /// Position of the one exit that was trained, if not all were: nothing is measured of the others, nor of the ensemble.
    /// </param>
    /// <param name="cancellationToken">Stops inside a probe.</param>
    public static IReadOnlyList<ExitSummary> Measure(
        ExitData train,
        ExitData evaluation,
        IReadOnlyList<FeatureMatrix>? holdoutLogits,
        LabelledSplits? labels,
        ProbeOptions options,
        int? only = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentNullException.ThrowIfNull(options);
        var exits = train.Features.Count;
        if (exits != train.Logits.Count || exits != evaluation.Features.Count || exits != evaluation.Logits.Count
            || (holdoutLogits is not null && holdoutLogits.Count != exits))
        {
            throw new ArgumentException("the splits differ in their number of exits", nameof(evaluation));
        }

        var deepest = holdoutLogits is null || (only ?? exits - 1) != exits - 1 ? null : ExitEnsemble.Answers(holdoutLogits[^1]);
        List<ExitSummary> rows = [];
        for (var exit = 0; exit < exits; exit++)
        {
            if (only is { } trained && exit != trained)
            {
                rows.Add(new ExitSummary { Exit = $"{exit + 1}" });
                continue;
            }

            var agreement = deepest is null ? null : Agreement(holdoutLogits![exit], deepest);
            rows.Add(Row($"{exit + 1}", agreement, Of(train, exit), Of(evaluation, exit), labels, options, cancellationToken));
        }

        if (only is not null) return [.. rows, new ExitSummary { Exit = ExitSummary.Ensemble }];
        using var trainFeatures = ExitEnsemble.Concatenate(train.Features);
        using var trainLogits = ExitEnsemble.MeanLogits(train.Logits);
        using var evaluationFeatures = ExitEnsemble.Concatenate(evaluation.Features);
        using var evaluationLogits = ExitEnsemble.MeanLogits(evaluation.Logits);
        using var holdout = holdoutLogits is null ? null : ExitEnsemble.MeanLogits(holdoutLogits);
        var together = deepest is null ? null : Agreement(holdout!, deepest);
        rows.Add(Row(
            ExitSummary.Ensemble,
            together,
            (trainFeatures, trainLogits),
            (evaluationFeatures, evaluationLogits),
            labels,
            options,
            cancellationToken));
        return rows;
    }

    private static (FeatureMatrix Features, FeatureMatrix Logits) Of(ExitData data, int exit) => (data.Features[exit], data.Logits[exit]);

    private static double? Agreement(FeatureMatrix logits, int[] deepest) =>
        deepest.Length == 0 ? null : ClusteringMetrics.Agreement(ExitEnsemble.Answers(logits), deepest);

    private static ExitSummary Row(
        string name,
        double? agreement,
        (FeatureMatrix Features, FeatureMatrix Logits) train,
        (FeatureMatrix Features, FeatureMatrix Logits) evaluation,
        LabelledSplits? labels,
        ProbeOptions options,
        CancellationToken cancellationToken)
    {
        var scores = new RepresentationScores { Agreement = agreement };
        if (labels is { CanScore: true })
        {
            var probes = EncoderEvaluator.Measure(train.Features, evaluation.Features, labels, options, cancellationToken);
            var answers = ClusterEvaluator.Measure(
                ExitEnsemble.Answers(train.Logits), ExitEnsemble.Answers(evaluation.Logits), train.Logits.Columns, labels);
            scores = Score.Join(scores, Score.Join(probes, answers)) with
            {
                KmeansAccuracy = ClusterProbe.Accuracy(train.Features, evaluation.Features, labels, options, cancellationToken),
            };
        }

        return new ExitSummary { Exit = name, Scores = scores };
    }
}
