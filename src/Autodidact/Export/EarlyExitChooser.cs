using Autodidact.Evaluation;
using Autodidact.Inference;
using Autodidact.Numerics;

namespace Autodidact.Export;

/// <summary>
/// Chooses temperatures and thresholds of the exits on held-out images, without labels. The deepest exit's answer counts as right.
/// Temperatures make a shallow exit's confidence the likelihood that it agrees with that answer (Guo et al. 2017, arXiv 1706.04599).
/// Thresholds are lowered one small step at a time, where a step saves most multiply-accumulates for each changed answer.
/// </summary>
internal static class EarlyExitChooser
{
    private const double LowestTemperature = 0.05;
    private const double HighestTemperature = 20;

    /// <summary>Steps a threshold is lowered in: quantiles of the exit's confidence.</summary>
    private const int Levels = 50;

    /// <summary>The temperature of each exit; the deepest, which has nothing to agree with, keeps 1.</summary>
    /// <param name="logits">Per exit, shallow to deep: images by clusters.</param>
    public static double[] Temperatures(IReadOnlyList<FeatureMatrix> logits)
    {
        var answers = ExitEnsemble.Answers(logits[^1]);
        return [.. logits.Select((l, exit) => exit == logits.Count - 1 ? 1 : Temperature(l, answers))];
    }

    /// <summary>The confidence of each answer at a temperature.</summary>
    /// <param name="logits">Images by clusters.</param>
    /// <param name="temperature">The temperature.</param>
    public static double[] Confidences(FeatureMatrix logits, double temperature)
    {
        var confidences = new double[logits.Rows];
        for (var row = 0; row < confidences.Length; row++)
        {
            confidences[row] = Math.Exp(
                LogProbability(logits[row], System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(logits[row]), temperature));
        }

        return confidences;
    }

    /// <summary>Settings from the strictest to the loosest. None beats another in both cost and agreement.</summary>
    /// <param name="confidences">Per exit: confidence of each held-out image.</param>
    /// <param name="answers">Per exit: answer for each held-out image.</param>
    /// <param name="macs">Cost of having been answered at each exit, the shallower branches included.</param>
    public static IReadOnlyList<TradeOff> TradeOffs(
        IReadOnlyList<double[]> confidences, IReadOnlyList<int[]> answers, IReadOnlyList<long> macs)
    {
        var exits = confidences.Count;
        var levels = confidences.Take(exits - 1).Select(LevelsOf).ToArray();
        var at = new int[exits - 1];
        var thresholds = Enumerable.Repeat(1.0, exits).ToArray();
        thresholds[^1] = 0;
        var points = new List<TradeOff> { Measure(thresholds, confidences, answers, macs) };
        while (true)
        {
            var (best, bestGain, chosen) = ((TradeOff?)null, double.NegativeInfinity, -1);
            for (var exit = 0; exit < exits - 1; exit++)
            {
                if (at[exit] == levels[exit].Length)
                {
                    continue;
                }

                var candidate = Measure(
                    [.. thresholds[..exit], levels[exit][at[exit]], .. thresholds[(exit + 1)..]], confidences, answers, macs);
                var saved = points[^1].MeanMacs - candidate.MeanMacs;
                var lost = (points[^1].Agreement - candidate.Agreement) * answers[0].Length;

                // Half an answer keeps a free step from an infinite gain, by which a tiny saving would beat a large one.
                var gain = saved / (Math.Max(0, lost) + 0.5);
                if (gain > bestGain)
                {
                    (best, bestGain, chosen) = (candidate, gain, exit);
                }
            }

            if (best is null)
            {
                return Pareto(points);
            }

            thresholds[chosen] = levels[chosen][at[chosen]++];
            points.Add(best);
        }
    }

    /// <summary>The cost of thresholds, and the agreement they keep.</summary>
    public static TradeOff Measure(
        double[] thresholds, IReadOnlyList<double[]> confidences, IReadOnlyList<int[]> answers, IReadOnlyList<long> macs)
    {
        var images = answers[0].Length;
        var (agree, spent) = (0, 0.0);
        for (var image = 0; image < images; image++)
        {
            var exit = ExitOf(image, thresholds, confidences);
            agree += answers[exit][image] == answers[^1][image] ? 1 : 0;
            spent += macs[exit];
        }

        return new TradeOff(thresholds, (double)agree / images, spent / images);
    }

    /// <summary>The answers under thresholds.</summary>
    public static int[] Answers(IReadOnlyList<double> thresholds, IReadOnlyList<double[]> confidences, IReadOnlyList<int[]> answers) =>
        [.. Enumerable.Range(0, answers[0].Length).Select(image => answers[ExitOf(image, thresholds, confidences)][image])];

    private static int ExitOf(int image, IReadOnlyList<double> thresholds, IReadOnlyList<double[]> confidences)
    {
        var exit = 0;
        while (exit < thresholds.Count - 1 && confidences[exit][image] < thresholds[exit])
        {
            exit++;
        }

        return exit;
    }

    private static double[] LevelsOf(double[] confidences)
    {
        var sorted = confidences.OrderDescending().ToArray();
        return [.. Enumerable.Range(1, Levels - 1).Select(l => sorted[(int)((long)l * sorted.Length / Levels)]).Append(0).Distinct()];
    }

    private static List<TradeOff> Pareto(List<TradeOff> points)
    {
        var kept = new List<TradeOff>();
        foreach (var point in points.OrderBy(p => p.MeanMacs).ThenByDescending(p => p.Agreement))
        {
            if (kept.Count == 0 || point.Agreement > kept[^1].Agreement)
            {
                kept.Add(point);
            }
        }

        kept.Reverse();
        return kept;
    }

    /// <summary>Golden-section search of the likelihood, which has one peak over the temperature.</summary>
    private static double Temperature(FeatureMatrix logits, int[] answers)
    {
        const int Iterations = 40;
        var ratio = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (Math.Log(LowestTemperature), Math.Log(HighestTemperature));
        for (var i = 0; i < Iterations; i++)
        {
            var (left, right) = (high - (ratio * (high - low)), low + (ratio * (high - low)));
            if (Likelihood(left) > Likelihood(right))
            {
                high = right;
            }
            else
            {
                low = left;
            }
        }

        return Math.Exp((low + high) / 2);

        double Likelihood(double logTemperature)
        {
            var temperature = Math.Exp(logTemperature);
            return Enumerable.Range(0, logits.Rows).Sum(row => LogProbability(logits[row], answers[row], temperature));
        }
    }

    private static double LogProbability(ReadOnlySpan<float> logits, int cluster, double temperature)
    {
        double largest = System.Numerics.Tensors.TensorPrimitives.Max(logits);
        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp((logit - largest) / temperature);
        }

        return ((logits[cluster] - largest) / temperature) - Math.Log(sum);
    }
}
