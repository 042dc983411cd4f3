using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Models;
using Autodidact.Options;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Distillation;

/// <summary>Stage three: a multi-exit student on the pseudo-labels.</summary>
public sealed record DistillOptions
{
    /// <summary>Name of the method.</summary>
    [Description("distillation method (see 'autodidact methods'); sets every distill.loss option")]
    [Flag("--distill-method", Value = "NAME")]
    public string Method { get; init; } = "sssd";

    /// <summary>Architecture of the student; null is the encoder's.</summary>
    [Description("architecture of the student, if not the encoder's")]
    [Flag("--student-arch", Value = "NAME", Shown = "the encoder's")]
    public string? Arch { get; init; }

    /// <summary>Whether the student's backbone starts from the encoder; null does so where the architectures agree.</summary>
    [Description("start the student's backbone from the encoder; unset does so where the architectures agree")]
    public bool? FromEncoder { get; init; }

    /// <summary>Design of the branches.</summary>
    [Description("branches of the shallow exits: separable (2022 journal) or bottleneck (scalable networks)")]
    public BranchDesign Branch { get; init; } = BranchDesign.Bottleneck;

    /// <summary>Attention before each branch.</summary>
    [Description("attention gate before each branch")]
    public bool Attention { get; init; }

    /// <summary>Passes over the images; 0 takes what the budget allows.</summary>
    [Description("passes over the images; 0 takes what the budget allows")]
    [Range(0.0, 100_000.0)]
    public double Epochs { get; init; }

    /// <summary>Images a batch.</summary>
    [Description("images a batch")]
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 128;

    /// <summary>Views.</summary>
    public ViewOptions Views { get; init; } = new() { CropScale = 0.4, Jitter = 0.2, Hue = 0.05, Grayscale = 0.1 };

    /// <summary>Optimizer and schedule.</summary>
    public OptimizerOptions Optimizer { get; init; } = new() { LearningRate = 0.05 };

    /// <summary>Whether every exit is trained; methods that know no exits can be asked for the deepest alone, as published.</summary>
    [Description("train every exit; false, for methods that know no exits, trains the deepest alone")]
    public bool EveryExit { get; init; } = true;

    /// <summary>Run directory whose student teaches, for methods that take a student as teacher; null lets the encoder teach.</summary>
    [Description("run directory whose student teaches, for methods that take one; unset, the encoder teaches")]
    [PathOption]
    public string? Teacher { get; init; }

    /// <summary>Whether training may read labels, which upper bounds do and SSSD never does.</summary>
    [Description("let an upper bound train on labels; no other method ever sees one")]
    public bool AllowLabels { get; init; }

    /// <summary>Options of every method, by the type of a method's options.</summary>
    public MethodOptions Methods { get; init; } = MethodOptions.Of<DistillOptions>();
}
