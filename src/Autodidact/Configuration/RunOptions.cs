using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Native;
using Autodidact.Objectives;
using Autodidact.Options;
using Autodidact.Pretraining;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Configuration;

/// <summary>
/// Every setting of a run. The defaults are what the <c>cpu-small</c> preset has for any pre-training method; its own method and other
/// presets are differences from them.
/// </summary>
public sealed record RunOptions : IOptionRules
{
    private static readonly OptionRule[] Rules =
    [
        OptionRule.Refuse(
            "distill.method",
            (RunOptions o) => o.Distill.Teacher is null && RunsEncoder(o) && o.Pretrain.EncoderKind != EncoderKind.Network,
            o => $"{o.Distill.Method} runs the encoder beside the student, and the run takes an ONNX graph or ready features: "
                + "choose another method"
                + (DistillMethods.Get(o.Distill.Method).TakesTeacher ? ", or let a run's student teach ({distill.teacher})" : "")),
        OptionRule.Refuse(
            "budget",
            (RunOptions o) => o.Budget <= TimeSpan.Zero,
            o => $"expected a positive time such as 30m, got {Durations.Format(o.Budget)}"),
        OptionRule.Refuse(
            "device",
            (RunOptions o) => !TorchDevices.IsName(o.Device),
            o => $"there is no device '{o.Device}': take auto, cpu, cuda, cuda:N with N from 0, or mps"),
        OptionRule.Refuse(
            "checkpoint_every",
            (RunOptions o) => o.CheckpointEvery <= TimeSpan.Zero,
            o => $"expected a positive time such as 2m, got {Durations.Format(o.CheckpointEvery)}"),
        OptionRule.Refuse(
            "distill.from_encoder",
            (RunOptions o) => o.Distill.FromEncoder == true && o.Pretrain.EncoderKind != EncoderKind.Network,
            "there is no network of ours to start from, the run takes an ONNX graph or ready features: leave the option out"),
        OptionRule.Refuse(
            "distill.from_encoder",
            (RunOptions o) => o.Distill is { FromEncoder: true, Arch: { } arch } && arch != o.Pretrain.Arch,
            o => $"the student ({o.Distill.Arch}) cannot start from an encoder of another architecture ({o.Pretrain.Arch}): "
                + "set {distill.from_encoder}=false"),
        OptionRule.Refuse(
            "distill.loss.only_exit",
            (RunOptions o) => OnlyExit(o) > 0 && OnlyExit(o) > o.StudentExits(),
            o => $"there is no exit {OnlyExit(o)}, the student has {Plural.Of(o.StudentExits(), "exit")}: choose one of them"),
    ];

    /// <summary>Preset the options started from.</summary>
    [Description("settings to start from (see 'autodidact presets')")]
    [Flag("--preset", Value = "NAME")]
    public string Preset { get; init; } = PresetNames.CpuSmall;

    /// <summary>Seed of everything random.</summary>
    [Description("seed of everything random")]
    [Flag("--seed", Value = "N")]
    public ulong Seed { get; init; } = 1;

    /// <summary>Cores that the run uses, each a rank with a part of every batch; part of what makes a run repeatable.</summary>
    [Description(
        "cores that the run uses, each a rank with a part of every batch; 0 is every physical core; with MPI, cores of each process, and 0 "
        + "is its part of those that it shares with other processes of its machine")]
    [Range(0, 1024)]
    public int Threads { get; init; }

    /// <summary>Device of the networks. A run that exists may go on with another.</summary>
    [Description(
        "where networks compute: cpu, cuda (the first CUDA device), cuda:N, mps, or auto: a CUDA device if this build of libtorch can use "
        + "one, else the processor")]
    [Flag("--device", Value = "NAME")]
    public string Device { get; init; } = TorchDevices.Auto;

    /// <summary>Arithmetic of the networks in training.</summary>
    [Description(
        "arithmetic of training: single, mixed (bfloat16 inside the networks; faster on processors that have it), or auto: mixed "
        + "where it is faster")]
    public PrecisionOption Precision { get; init; } = PrecisionOption.Auto;

    /// <summary>Wall-clock time for the whole run; stages without a number of epochs share it.</summary>
    [Description("wall-clock time of the whole run (30m, 1h30m), shared by the stages whose epochs are not set")]
    [Range(typeof(TimeSpan), "0s", "365d")]
    [Flag("--budget", Value = "TIME", Resets = ["pretrain.epochs", "distill.epochs"])]
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Longest time between two checkpoints; one is also written after each epoch.</summary>
    [Description("longest time between two checkpoints (2m, 90s); one is also written after each epoch")]
    [Range(typeof(TimeSpan), "0s", "365d")]
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Assembly with methods of the user's own, which the run loads.</summary>
    [Description("assembly with methods of your own (.dll), which the run loads; its code runs with your rights")]
    [PathOption]
    [Flag("--plugin", Value = "FILE.dll", Shown = "")]
    public string? Plugin { get; init; }

    /// <summary>The data.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>Stage one.</summary>
    public PretrainOptions Pretrain { get; init; } = new();

    /// <summary>Stage two.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    /// <summary>Stage three.</summary>
    public DistillOptions Distill { get; init; } = new();

    /// <summary>Measurement.</summary>
    public EvaluateOptions Evaluate { get; init; } = new();

    /// <summary>ONNX.</summary>
    public ExportOptions Export { get; init; } = new();

    IReadOnlyList<OptionRule> IOptionRules.Rules => Rules;

    /// <summary>
    /// Refuses options that no run can have, wherever they come from. What presets and methods bring along may be of no use.
    /// </summary>
    /// <param name="asked">Full names of the options that somebody asked for.</param>
    /// <exception cref="AutodidactException">Options contradict each other, or a value is out of range; kind Usage.</exception>
    internal void Check(IReadOnlyCollection<string> asked)
    {
        OptionBinder.Validate(this);
        OptionRules.Check(AllRules(), asked);
    }

    /// <summary>
    /// Every rule with the record it is about: those that depend on methods, which no record of options knows, then each record's own.
    /// </summary>
    internal IEnumerable<(object Record, OptionRule Rule, string Prefix)> AllRules() =>
    [
        .. PretrainRules.All.Select(rule => ((object)Pretrain, rule, "pretrain.")),
        .. DistillRules.All.Select(rule => ((object)Distill, rule, "distill.")),
        .. OptionRules.Of(this),
    ];

    /// <summary>Number of the student's exits: one after each stage of its backbone.</summary>
    internal int StudentExits() => ResNetOptions.Blocks[Architecture.Parse(Distill.Arch ?? Pretrain.Arch).ResNet.Depth].Length;

    private static int OnlyExit(RunOptions options) => options.Distill.Methods.Get<SelfDistillationOptions>().OnlyExit;

    private static bool RunsEncoder(RunOptions options) => DistillMethods.Get(options.Distill.Method).RunsEncoder;

    /// <summary>The same options with one set from text, for settings that come from a command line or a file.</summary>
    /// <param name="assignment">The option by its name in run.json, and its value: <c>pretrain.epochs=3</c>.</param>
    /// <exception cref="AutodidactException">
    /// No option has that name (the nearest are named), or the value is not one it takes; kind Usage.
    /// </exception>
    public RunOptions With(string assignment)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        var (name, value) = OptionAssignment.Parse(assignment);
        return OptionBinder.Set(this, name, value);
    }
}
