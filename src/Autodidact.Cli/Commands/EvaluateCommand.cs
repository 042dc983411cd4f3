using Autodidact.Runs;
using System.CommandLine;
using Autodidact.Pipeline;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact evaluate RUN</c>: measure again, on the run's own evaluation images or others.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CliHost host) => ExamplesHelp.With(
        StageCommand.Create(
            host,
            "evaluate",
            "Measure the models of a run.",
            Stage.Evaluate,
            mayBeNew: false,
            flags => flags
                .Add<string>("--on", "DATA", "data.evaluation", "images to evaluate on, if others than the run's own", (r, v) => r with { EvaluationData = v })
                .Add<string>("--labels", "none|folders|FILE.csv", "data.labels", "labels to measure with", (r, v) => r with { Labels = v })
                .AddSet()),
        "autodidact evaluate runs/mine",
        "autodidact evaluate runs/mine --on other-pictures/ --json");
}
