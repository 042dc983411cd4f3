using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Autodidact.Options;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Pretraining;

/// <summary>Stage one: a self-supervised encoder.</summary>
public sealed record PretrainOptions : IOptionRules
{
    private const string NoFile = "there is no encoder file: leave it out, or give one with {encoder}";

    private static readonly OptionRule[] Rules =
    [
        OptionRule.Refuse(
            "encoder_normalization",
            (PretrainOptions o) => Autodidact.Views.EncoderNormalization.Problem(o.EncoderNormalization) is not null,
            o => Autodidact.Views.EncoderNormalization.Problem(o.EncoderNormalization)!),
        OptionRule.Refuse(
            "features",
            (PretrainOptions o) => o.Features is not null && o.Encoder is not null,
            "there is an encoder too ({encoder}): give one of them"),
        OptionRule.Refuse(
            "evaluation_features",
            (PretrainOptions o) => o.EvaluationFeatures is not null && o.Features is null,
            "there are no features of the training images: give {features} too"),
        OptionRule.Refuse(
            "encoder_normalization",
            (PretrainOptions o) => o.Encoder is null && !Autodidact.Views.EncoderNormalization.IsAuto(o.EncoderNormalization),
            NoFile),
        OptionRule.Refuse("encoder_channels", (PretrainOptions o) => o.Encoder is null && o.EncoderChannels != EncoderChannels.Rgb, NoFile),
    ];

    /// <summary>Name of the method.</summary>
    [Description("pre-training method (see 'autodidact methods')")]
    [Flag("--pretrain-method", Value = "NAME")]
    public string Method { get; init; } = "simclr";

    /// <summary>Architecture of the encoder.</summary>
    [Description("architecture of the encoder, such as resnet10-w32-cifar-pool, resnet18-cifar, resnet50")]
    [Flag("--encoder-arch", Value = "NAME")]
    public string Arch { get; init; } = "resnet10-w32-cifar-pool";

    /// <summary>Encoder file that replaces this stage.</summary>
    [Description(
        "encoder to use in place of pre-training: .safetensors, a PyTorch checkpoint (.pth) of a ResNet, or any feature extractor as "
        + ".onnx")]
    [PathOption]
    [Flag("--encoder", Value = "FILE")]
    public string? Encoder { get; init; }

    /// <summary>Normalisation of the pixels for an encoder file: see <see cref="Encoder"/>.</summary>
    [Description(
        "values an encoder file wants: auto (its own where it says them, else imagenet), imagenet, clip, half, unit (0 to 1), bytes "
        + "(0 to 255), or mean/std as 0.5,0.5,0.5/0.25,0.25,0.25; an .onnx that takes bytes has its own")]
    public string EncoderNormalization { get; init; } = Autodidact.Views.EncoderNormalization.Auto;

    /// <summary>Order of the channels that an encoder file wants.</summary>
    [Description(
        "order of the colour channels that an encoder file wants: rgb or bgr; numbers of encoder_normalization stand in that order "
        + "too")]
    public EncoderChannels EncoderChannels { get; init; } = EncoderChannels.Rgb;

    /// <summary>Output of an ONNX encoder that is the feature.</summary>
    [Description(
        "output of an .onnx encoder that is the feature; left out, its first of two dimensions, else its first, averaged over tokens "
        + "or positions")]
    public string? EncoderOutput { get; init; }

    /// <summary>Side in pixels of the images an ONNX encoder sees.</summary>
    [Description("side in pixels of the images an .onnx encoder sees; 0 is the graph's own, or where it takes any, the run's")]
    [Range(0, 4096)]
    public int EncoderSize { get; init; }

    /// <summary>Ready features of the training images, in place of an encoder.</summary>
    [Description(
        "ready features of the training images (.npy, float32 [images, d]) in place of pre-training; NAME.keys.csv beside it "
        + "(row,key) names the files")]
    [PathOption]
    [Flag("--features", Value = "F.npy")]
    public string? Features { get; init; }

    /// <summary>Ready features of the evaluation images.</summary>
    [Description("ready features of the evaluation images, so that the encoder's scores can be measured")]
    [PathOption]
    [Flag("--eval-features", Value = "F.npy", Key = "evaluation_features")]
    public string? EvaluationFeatures { get; init; }

    /// <summary>Passes over the images; 0 takes what the budget allows.</summary>
    [Description("passes over the images; 0 takes what the budget allows")]
    [Range(0.0, 100_000.0)]
    public double Epochs { get; init; }

    /// <summary>Share of the budget's training time.</summary>
    [Description("share of the budget's training time; distillation takes the rest")]
    [Range(0.0, 1.0)]
    public double BudgetShare { get; init; } = 0.75;

    /// <summary>Images a batch.</summary>
    [Description("images a batch")]
    [Range(2, 65_536)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Views.</summary>
    public ViewOptions Views { get; init; } = new() { StartFraction = 0.625 };

    /// <summary>Settings of every second view.</summary>
    public SecondViewOptions SecondView { get; init; } = new();

    /// <summary>Local views.</summary>
    public LocalViewOptions LocalViews { get; init; } = new();

    /// <summary>Optimizer and schedule.</summary>
    public OptimizerOptions Optimizer { get; init; } = new() { LearningRate = 0.3 };

    /// <summary>
    /// Whether training may read labels, which semi-supervised methods do and SSSD never does; also needed to take an encoder that such a
    /// method trained.
    /// </summary>
    [Description("let a semi-supervised method train on labels, or take an encoder that one trained; no other method ever sees one")]
    public bool AllowLabels { get; init; }

    /// <summary>Options of every method, by the type of a method's options.</summary>
    public MethodOptions Methods { get; init; } = MethodOptions.Of<PretrainOptions>();

    IReadOnlyList<OptionRule> IOptionRules.Rules => Rules;
}
