using Autodidact.Runs;
using System.CommandLine;
using Autodidact.Distillation;
using Autodidact.Pipeline;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact distill RUN</c>: stage three alone.</summary>
internal static class DistillCommand
{
    public static Command Create(CliHost host) => ExamplesHelp.With(
        StageCommand.Create(
            host,
            "distill",
            "Distil the multi-exit student of a run from its pseudo-labels.",
            Stage.Distill,
            mayBeNew: false,
            flags => flags
                .Add<string>("--distill-method", "NAME", "distill.method", "distillation method (see autodidact methods)", (r, v) => r with { DistillMethod = v })
                .Add<string>("--student-arch", "NAME", "distill.arch", "architecture of the student", (r, v) => r with { StudentArch = v })
                .AddSet()),
        "autodidact distill runs/mine --set distill.epochs=20");
}
