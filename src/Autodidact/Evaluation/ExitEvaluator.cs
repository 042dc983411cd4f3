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
    /// <param name="holdout">
    /// Answers for the held-out images, for the agreement with the deepest exit; null leaves it unmeasured. It needs no labels.
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
        ExitData? holdout,
        LabelledSplits? labels,
        ProbeOptions options,
        int? only = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentNullException.ThrowIfNull(options);
        var exits = train.Exits;
        var scored = labels is { CanScore: true };
        if (exits != evaluation.Exits || (holdout is not null && holdout.Exits != exits)
            || (scored && (train.Features.Count != exits || evaluation.Features.Count != exits)))
        {
            throw new ArgumentException("the splits differ in their number of exits", nameof(evaluation));
        }

        var deepest = holdout is null || (only ?? exits - 1) != exits - 1 ? null : holdout.Answers[exits - 1];
        List<ExitSummary> rows = [];
        for (var exit = 0; exit < exits; exit++)
        {
            if (only is { } trained && exit != trained)
            {
                rows.Add(new ExitSummary { Exit = $"{exit + 1}" });
                continue;
            }

            var scores = scored ? Scores(exit, train.Features[exit], evaluation.Features[exit]) : new RepresentationScores();
            rows.Add(new ExitSummary { Exit = $"{exit + 1}", Scores = scores with { Agreement = Agreement(exit) } });
        }

        if (only is not null) return [.. rows, new ExitSummary { Exit = ExitSummary.Ensemble }];
        using var trainFeatures = scored ? ExitEnsemble.Concatenate(train.Features) : null;
        using var evaluationFeatures = scored ? ExitEnsemble.Concatenate(evaluation.Features) : null;
        var together = scored ? Scores(exits, trainFeatures!, evaluationFeatures!) : new RepresentationScores();
        rows.Add(new ExitSummary { Exit = ExitSummary.Ensemble, Scores = together with { Agreement = Agreement(exits) } });
        return rows;

        double? Agreement(int exit) =>
            deepest is null or [] ? null : ClusteringMetrics.Agreement(holdout!.Answers[exit], deepest);

        RepresentationScores Scores(int exit, FeatureMatrix trained, FeatureMatrix evaluated)
        {
            var probes = EncoderEvaluator.Measure(trained, evaluated, labels, options, cancellationToken);
            var answers = ClusterEvaluator.Measure(train.Answers[exit], evaluation.Answers[exit], train.Clusters, labels!);
            return Score.Join(probes, answers) with
            {
                KmeansAccuracy = ClusterProbe.Accuracy(trained, evaluated, labels!, options, cancellationToken),
            };
        }
    }
}
