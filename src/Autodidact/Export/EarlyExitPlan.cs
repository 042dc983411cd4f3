using System.Globalization;
using Autodidact.Evaluation;
using Autodidact.Inference;
using Autodidact.Metrics;
using Autodidact.Numerics;

namespace Autodidact.Export;

/// <summary>The settings of a model's early exits, with their cost and agreement on held-out images.</summary>
internal sealed record EarlyExitPlan
{
    /// <summary>Most settings of the curve that are kept.</summary>
    private const int CurvePoints = 32;

    /// <summary>Thresholds that are reported beside the chosen ones: the same for every exit.</summary>
    private static readonly double[] _common = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];

    /// <summary>Temperature of each exit.</summary>
    public required double[] Temperatures { get; init; }

    /// <summary>Threshold of each exit.</summary>
    public required double[] Thresholds { get; init; }

    /// <summary>Settings from the strictest to the loosest.</summary>
    public required IReadOnlyList<TradeOff> Curve { get; init; }

    /// <summary>Settings of one threshold for all exits, ascending.</summary>
    public required IReadOnlyList<TradeOff> Common { get; init; }

    /// <summary>Each exit alone: its agreement and accuracy, its cost without the shallower branches.</summary>
    public required IReadOnlyList<TradeOff> Alone { get; init; }

    /// <summary>All settings: the common ones, then the curve.</summary>
    public IEnumerable<TradeOff> Settings => Common.Concat(Curve);

    /// <summary>The plan with the speeds of <see cref="Settings"/>.</summary>
    public EarlyExitPlan With(IReadOnlyList<double?> speeds) => this with
    {
        Common = [.. Common.Select((t, i) => t with { ImagesPerSecond = speeds[i] })],
        Curve = [.. Curve.Select((t, i) => t with { ImagesPerSecond = speeds[Common.Count + i] })],
    };

    /// <summary>Chooses by the options, without labels.</summary>
    /// <param name="logits">Per exit: held-out images by clusters.</param>
    /// <param name="costs">Per exit.</param>
    /// <param name="goal">The agreement or the cost to reach.</param>
    /// <param name="accuracy">Scores answers for the report; null without labels.</param>
    public static EarlyExitPlan Choose(IReadOnlyList<FeatureMatrix> logits, ExitCosts costs, EarlyExitGoal goal, HeldOutAccuracy? accuracy)
    {
        var temperatures = EarlyExitChooser.Temperatures(logits);
        var confidences = logits.Select((l, exit) => EarlyExitChooser.Confidences(l, temperatures[exit])).ToArray();
        var answers = logits.Select(ExitEnsemble.Answers).ToArray();
        var curve = EarlyExitChooser.TradeOffs(confidences, answers, costs.Asked);
        var chosen = Best(curve, goal);
        return new EarlyExitPlan
        {
            Temperatures = temperatures,
            Thresholds = [.. chosen.Thresholds],
            Curve = [.. Thin(curve, chosen).Select(Scored)],
            Common =
            [
                .. _common.Select(
                    t => Scored(EarlyExitChooser.Measure([.. Enumerable.Repeat(t, answers.Length)], confidences, answers, costs.Asked))),
            ],
            Alone =
            [
                .. answers.Select((own, exit) =>
                    new TradeOff([], ClusteringMetrics.Agreement(own, answers[^1]), costs.Alone[exit]) { Accuracy = accuracy?.Of(own) }),
            ],
        };

        TradeOff Scored(TradeOff setting) =>
            setting with { Accuracy = accuracy?.Of(EarlyExitChooser.Answers(setting.Thresholds, confidences, answers)) };
    }

    private static TradeOff Best(IReadOnlyList<TradeOff> curve, EarlyExitGoal goal)
    {
        if (goal.MeanMacs == 0)
        {
            return curve.Where(t => t.Agreement >= goal.Agreement).MinBy(t => t.MeanMacs) ?? curve[0];
        }

        return curve.Where(t => t.MeanMacs <= goal.MeanMacs).MaxBy(t => t.Agreement)
            ?? throw new AutodidactException(
                FailureKind.Usage,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"export.mean_macs={goal.MeanMacs}: "
                    + $"the cheapest setting takes {curve.Min(t => t.MeanMacs):0} multiply-accumulates an image: allow as many"));
    }

    private static IEnumerable<TradeOff> Thin(IReadOnlyList<TradeOff> curve, TradeOff chosen)
    {
        var last = curve.Count - 1;
        return curve.Count <= CurvePoints
            ? curve
            : curve.Where(
                (point, i) => ReferenceEquals(point, chosen)
                    || i == last
                    || i * (CurvePoints - 1) / last != (i - 1) * (CurvePoints - 1) / last
                    || i == 0);
    }
}

/// <summary>The goal of a choice of thresholds: an agreement to keep, or a cost to meet.</summary>
/// <param name="Agreement">Share of images to be answered as the deepest exit does.</param>
/// <param name="MeanMacs">Mean multiply-accumulates to meet instead; 0 for no such goal.</param>
internal sealed record EarlyExitGoal(double Agreement, long MeanMacs);

/// <summary>Costs of the exits, in multiply-accumulates an image.</summary>
/// <param name="Alone">Running to an exit, the shallower branches left out.</param>
/// <param name="Branches">An exit's branch and classifier.</param>
/// <param name="Asked">Having been answered at an exit after asking the shallower ones.</param>
internal sealed record ExitCosts(long[] Alone, long[] Branches, long[] Asked)
{
    /// <summary>Counts them.</summary>
    public static ExitCosts Of(Models.MultiExitNetwork network, int viewSize)
    {
        var alone = Models.ModelCost.OfExits(network, viewSize).Select(c => c.Macs).ToArray();
        var trunk = Models.ModelCost.OfStages(network.Backbone, viewSize).Select(c => c.Macs).ToArray();
        var branches = alone.Select((macs, exit) => macs - trunk[exit]).ToArray();
        return new ExitCosts(alone, branches, [.. trunk.Select((macs, exit) => macs + branches[..(exit + 1)].Sum())]);
    }
}
