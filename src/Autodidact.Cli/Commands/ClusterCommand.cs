using Autodidact.Runs;
using System.CommandLine;
using Autodidact.Pipeline;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact cluster RUN</c>: stage two alone.</summary>
internal static class ClusterCommand
{
    public static Command Create(CliHost host) => ExamplesHelp.With(
        StageCommand.Create(
            host,
            "cluster",
            "Cluster the encoder's features of a run into pseudo-labels.",
            Stage.Cluster,
            mayBeNew: false,
            flags => flags
                .Add<string>("--clusters", "N|auto", "cluster.k", "number of pseudo-classes", (r, v) => r with { Clusters = v })
                .Add<int>("--classes", "N", "cluster.classes", "how many classes to expect, if you know", (r, v) => r with { Classes = v })
                .AddSet()),
        "autodidact cluster runs/mine --clusters 200");
}
