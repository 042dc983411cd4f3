using System.CommandLine;
using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact pretrain RUN</c>: stage one alone, in a new or an existing run directory.</summary>
internal static class PretrainCommand
{
    public static Command Create(CliHost host) => ExamplesHelp.With(
        StageCommand.Create(host, Stage.Pretrain, "Pre-train the encoder of a run, new or existing, and stop there."),
        "autodidact pretrain runs/mine pictures/ --budget 2h");
}
