using System.Globalization;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Experiments;

/// <summary>Refuses a metric that no run of an experiment can measure, which its options tell before anything runs.</summary>
internal static class MetricCheck
{
    /// <summary>
    /// Refuses the first such metric. A metric that some of the variants can measure is taken: the others have no value there.
    /// </summary>
    /// <param name="metrics">The metrics asked for.</param>
    /// <param name="variants">Options of each variant.</param>
    /// <exception cref="AutodidactException">No variant can measure a metric; kind Usage.</exception>
    public static void Check(IReadOnlyList<MetricColumn> metrics, IReadOnlyList<RunOptions> variants)
    {
        foreach (var metric in metrics)
        {
            var obstacles = variants.Select(
                options => metric.Sides.Select(side => Obstacle(side, options)).FirstOrDefault(found => found is not null)).ToList();
            if (obstacles.TrueForAll(found => found is not null))
            {
                throw new AutodidactException(FailureKind.Usage, $"metric '{metric.Name}': {obstacles[0]}");
            }
        }
    }

    /// <summary>Why runs with these options cannot measure a figure; null where they may.</summary>
    private static string? Obstacle(MetricColumn figure, RunOptions options)
    {
        var exits = options.StudentExits();
        if (int.TryParse(figure.Exit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > exits)
        {
            return $"the student has {Plural.Of(exits, "exit")}: name one from 1 to {exits}, or {ExitSummary.Ensemble}";
        }

        if (figure.About is not ScoreAttribute score) return null;
        var only = options.Distill.OnlyExit(exits) + 1;
        if (only is not null && figure.Exit is { } exit && exit != only.Value.ToString(CultureInfo.InvariantCulture))
        {
            return $"exit {only} alone is trained, and only its scores are measured: name exits.{only}.{figure.Figure}";
        }

        return options.Data.Labels == "none" && !score.WithoutLabels
            ? "data.labels=none leaves no labels to score by: give labels, or name a figure that needs none"
            : null;
    }
}
