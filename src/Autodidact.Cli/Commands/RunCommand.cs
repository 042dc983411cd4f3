using System.CommandLine;
using Autodidact.Configuration;
using Autodidact.Distillation;
using Autodidact.Pipeline;
using Autodidact.Pretraining;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact run</c>: everything, from images to the table.</summary>
internal static class RunCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command(
            "run", "Train and measure a model: prepare, pre-train, cluster, distil, evaluate. Without DATA on the built-in set.");
        var directory = new Option<string?>("--out")
        {
            Description = "run directory; an unfinished run in it is resumed, with the options it was started with "
                + "[default: runs/<data>-<n>]",
            HelpName = "DIR",
        };
        command.Add(directory);
        var flags = new RequestFlags(command, showsDefaults: true).Add(RunFlags.ByKey.Values);
        var json = RunSession.JsonOption();
        command.Add(json);
        command.SetAction(parsed => RunSession.Execute(host, flags.Read(parsed, parsed.GetValue(directory)), only: null, parsed));
        return ExamplesHelp.With(
            command,
            "autodidact run                                          the built-in set, minutes on a CPU",
            "autodidact run cifar10.zip --budget 60m                 an archive, read in place, in an hour",
            "autodidact run pictures/ --labels none                  a folder of pictures without labels",
            "autodidact run pictures/ --encoder runs/cifar10-1/encoder.safetensors",
            "autodidact run pictures/ --encoder dinov2.onnx          any ONNX feature extractor as stage one",
            "autodidact run --out runs/cifar10-1                     go on with an interrupted run",
            "autodidact run --set pretrain.epochs=3 --set distill.epochs=3 --json > summary.json");
    }
}
