using System.CommandLine;
using Autodidact.Distillation;
using Autodidact.Pipeline;
using Autodidact.Pretraining;

namespace Autodidact.Cli.Commands;

/// <summary><c>autodidact run</c>: everything, from images to the table.</summary>
internal static class RunCommand
{
    public static Command Create(CliHost host)
    {
        var command = new Command("run", "Train and measure a model: prepare, pre-train, cluster, distil, evaluate. Without DATA on the built-in set.");
        var directory = new Option<string?>("--out")
        {
            Description = "run directory; an unfinished run in it is resumed, with the options it was started with [default: runs/<data>-<n>]",
            HelpName = "DIR",
        };
        var flags = AddFlags(new RequestFlags(command, showsDefaults: true).AddData(), () => command.Add(directory));
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

    /// <summary>Flags of everything that trains from the start.</summary>
    public static RequestFlags AddFlags(RequestFlags flags, Action? addDirectory = null)
    {
        flags
            .Add<string>("--pretrain-data", "DATA", "data.pretrain", "images to pre-train on, if others than DATA", (r, v) => r with { PretrainData = v }, shown: "")
            .Add<string>("--eval", "DATA", "data.evaluation", "images to evaluate on, if others than DATA's own test part", (r, v) => r with { EvaluationData = v }, shown: "");
        addDirectory?.Invoke();
        return flags
            .Add<string>("--preset", "NAME", "preset", "settings to start from (see autodidact presets)", (r, v) => r with { Preset = v })
            .Add<TimeSpan>("--budget", "TIME", "budget", "time for the whole run, such as 30m or 1h30m", (r, v) => r with { Budget = v })
            .Add<string>("--pretrain-method", "NAME", "pretrain.method", "pre-training method (see autodidact methods)", (r, v) => r with { PretrainMethod = v })
            .Add<string>("--distill-method", "NAME", "distill.method", "distillation method (see autodidact methods)", (r, v) => r with { DistillMethod = v })
            .Add<string>("--encoder", "FILE", "pretrain.encoder", "an encoder in place of pre-training: .safetensors, .pth of a ResNet, any .onnx", (r, v) => r with { Encoder = v }, shown: "")
            .Add<string>("--features", "F.npy", "pretrain.features", "ready features of the images in place of pre-training", (r, v) => r with { Features = v }, shown: "")
            .Add<string>("--eval-features", "F.npy", "pretrain.evaluation_features", "ready features of the evaluation images", (r, v) => r with { EvaluationFeatures = v }, shown: "")
            .Add<string>("--encoder-arch", "NAME", "pretrain.arch", "architecture of the encoder", (r, v) => r with { EncoderArch = v })
            .Add<string>("--student-arch", "NAME", "distill.arch", "architecture of the student", (r, v) => r with { StudentArch = v }, shown: "the encoder's")
            .Add<string>("--clusters", "N|auto", "cluster.k", "number of pseudo-classes", (r, v) => r with { Clusters = v }, shown: "auto")
            .Add<int>("--classes", "N", "cluster.classes", "how many classes to expect, if you know", (r, v) => r with { Classes = v }, shown: "")
            .Add<string>("--labels", "none|folders|FILE.csv", "data.labels", "labels to measure with; training never sees them", (r, v) => r with { Labels = v })
            .Add<double>("--holdout", "F", "data.holdout", "fraction of the training images held out for choices", (r, v) => r with { Holdout = v })
            .Add<ulong>("--seed", "N", "seed", "seed of everything random", (r, v) => r with { Seed = v })
            .AddSet();
    }
}
