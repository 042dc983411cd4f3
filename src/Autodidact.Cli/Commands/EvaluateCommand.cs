using System.CommandLine;
using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact evaluate RUN</c>: measure again, on the run's own evaluation images or others.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CliHost host) => ExamplesHelp.With(
        StageCommand.Create(host, Stage.Evaluate, "Measure the models of a run."),
        "autodidact evaluate runs/mine",
        "autodidact evaluate runs/mine --on other-pictures/ --json");
}
