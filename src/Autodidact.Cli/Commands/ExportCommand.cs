using Autodidact.Runs;
using System.CommandLine;
using Autodidact.Pipeline;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact export RUN</c>: the ONNX model of a finished run.</summary>
internal static class ExportCommand
{
    public static Command Create(CliHost host) => ExamplesHelp.With(
        StageCommand.Create(
            host,
            "export",
            "Write a run's student and encoder as ONNX graphs into RUN/model, checked against the trained network.",
            Stage.Export,
            mayBeNew: false,
            flags => flags
                .Add<string>("--names", "labels|FILE.csv", "export.names", "names of the clusters", (r, v) => r with { Set = [.. r.Set, $"export.names={v}"] })
                .Add<double>(
                    "--agreement",
                    "F",
                    "export.agreement",
                    "share of held-out images that early exiting must answer as the deepest exit does",
                    (r, v) => r with { Set = [.. r.Set, FormattableString.Invariant($"export.agreement={v}")] })
                .AddSwitch("--int8", "export.int8", "write a model of 8-bit integers too, into RUN/model/int8", r => r with { Set = [.. r.Set, "export.int8=true"] })
                .AddSet()),
        "autodidact export runs/mine",
        "autodidact export runs/mine --int8",
        "autodidact export runs/mine --names names.csv --agreement 0.98");
}
