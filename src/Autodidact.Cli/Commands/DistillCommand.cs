using System.CommandLine;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact distill RUN</c>: stage three alone.</summary>
internal static class DistillCommand
{
    public static Command Create(CliHost host) => ExamplesHelp.With(
        StageCommand.Create(host, Stage.Distill, "Distil the multi-exit student of a run from its pseudo-labels."),
        "autodidact distill runs/mine --set distill.epochs=20");
}
