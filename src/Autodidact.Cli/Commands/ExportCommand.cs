using System.CommandLine;
using Autodidact.Configuration;
using Autodidact.Pipeline;
using Autodidact.Runs;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact export RUN</c>: the ONNX model of a finished run.</summary>
internal static class ExportCommand
{
    public static Command Create(CliHost host) => ExamplesHelp.With(
        StageCommand.Create(
            host, Stage.Export, "Write a run's student and encoder as ONNX graphs into RUN/model, checked against the trained network."),
        "autodidact export runs/mine",
        "autodidact export runs/mine --int8",
        "autodidact export runs/mine --names names.csv --agreement 0.98");
}
