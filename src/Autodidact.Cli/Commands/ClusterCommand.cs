using System.CommandLine;
using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact cluster RUN</c>: stage two alone.</summary>
internal static class ClusterCommand
{
    public static Command Create(CliHost host) => ExamplesHelp.With(
        StageCommand.Create(host, Stage.Cluster, "Cluster the encoder's features of a run into pseudo-labels."),
        "autodidact cluster runs/mine --clusters 200");
}
