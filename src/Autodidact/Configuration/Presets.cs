using Autodidact.Distillation;
using Autodidact.Models;
using Autodidact.Options;
using Autodidact.Pretraining;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Configuration;

/// <summary>A named starting point.</summary>
/// <param name="Name">Name, as the command line takes it.</param>
/// <param name="Description">One line.</param>
/// <param name="PretrainMethod">The pre-training method where none is named.</param>
/// <param name="Common">What holds for every pre-training method that has no settings of its own here.</param>
public sealed record Preset(string Name, string Description, string PretrainMethod, RunOptions Common)
{
    /// <summary>The options where no pre-training method is named.</summary>
    public RunOptions Options => With(PretrainMethod);

    /// <summary>The options as a pre-training method changes them.</summary>
    /// <param name="pretrainMethod">The method's name.</param>
    /// <exception cref="AutodidactException">There is none of that name; kind Usage.</exception>
    public RunOptions With(string pretrainMethod)
    {
        var settings = PretrainMethods.Get(pretrainMethod).Settings.GetValueOrDefault(Name);
        return Common with { Pretrain = (settings?.Invoke(Common.Pretrain) ?? Common.Pretrain) with { Method = pretrainMethod } };
    }
}

/// <summary>The presets.</summary>
public static class Presets
{
    /// <summary>Preset used where none is named.</summary>
    public const string Default = PresetNames.CpuSmall;

    /// <summary>Preset used for the built-in set where none is named.</summary>
    public const string Demonstration = PresetNames.Synthetic;

    /// <summary>All presets, the default first.</summary>
    public static IReadOnlyList<Preset> All { get; } =
    [
        new(Default, "small images on a CPU in minutes: ResNet-10 of width 32, EMP-SSL, a time budget", "emp-ssl", new RunOptions()),
        new(
            Demonstration,
            "the built-in set in four minutes (its default): a narrower network and views that hide colour",
            "simclr",
            Synthetic()),
        new(
            PresetNames.CifarResNet18,
            "32 px images, ResNet-18, SimCLR with solo-learn's published CIFAR settings (1000 epochs, LARS), BYOT's 200: weeks on a CPU",
            "simclr",
            CifarResNet18()),
        new(
            PresetNames.ImageNetResNet50,
            "ImageNet scale, ResNet-50, SimCLR as published (a batch of 4096 views pairs: "
            + "lower pretrain.batch_size and the rate with it to what memory holds): for clusters",
            "simclr",
            ImageNetResNet50()),
    ];

    /// <summary>A preset by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="AutodidactException">There is none of that name; kind Usage.</exception>
    public static Preset Get(string name) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new AutodidactException(
            FailureKind.Usage, $"--preset {name}: unknown preset: choose one of {string.Join(", ", All.Select(p => p.Name))}");

    /// <summary>Options of a preset as a pre-training method changes them.</summary>
    /// <param name="name">The preset.</param>
    /// <param name="pretrainMethod">The method; null takes the preset's own.</param>
    /// <exception cref="AutodidactException">There is none of that name; kind Usage.</exception>
    public static RunOptions Get(string name, string? pretrainMethod)
    {
        var preset = Get(name);
        return preset.With(pretrainMethod ?? preset.PretrainMethod);
    }

    /// <summary>
    /// Views that turn the hue all round and grey every other picture, since colour never tells the class in the built-in set. The
    /// experiments of docs/synthetic.md chose them.
    /// </summary>
    private static RunOptions Synthetic()
    {
        var views = new ViewOptions { Size = 24, CropScale = 0.4, Hue = 0.5, JitterProbability = 1, Grayscale = 0.5 };
        return new RunOptions
        {
            Preset = Demonstration,
            Pretrain = new()
            {
                Arch = "resnet10-w16-cifar-pool",
                BudgetShare = 0.85,
                Views = views,
                Optimizer = new() { LearningRate = 0.12 },
                Methods = WithSimClr(new SimClrOptions { Temperature = 0.2 }),
            },
            Distill = new() { Views = views, Optimizer = new() { LearningRate = 0.02 } },
        };
    }

    /// <summary>
    /// solo-learn's SimCLR on CIFAR (LARS 0.4 for batch 256, weight decay 1e-4, temperature 0.2, symmetric bicubic views, no norm in the
    /// projector; its first convolution has padding 2, ours 1); BYOT's student recipe.
    /// </summary>
    private static RunOptions CifarResNet18() => new()
    {
        Preset = PresetNames.CifarResNet18,
        Precision = PrecisionOption.Single,
        Pretrain = new()
        {
            Arch = "resnet18-cifar",
            Epochs = 1000,
            BatchSize = 256,
            Views = new() { CropScale = 0.08, Jitter = 0.8, Hue = 0.2, Blur = 0.5, Interpolation = Views.Interpolation.Bicubic },
            Optimizer = new() { Kind = OptimizerKind.Lars, LearningRate = 0.4, WeightDecay = 1e-4, WarmupFraction = 0.01 },
            Methods =
                WithSimClr(new SimClrOptions { Temperature = 0.2, ProjectorHidden = 2048, ProjectorOutput = 256, ProjectorNorm = false }),
        },
        Cluster = new() { Restarts = 5 },
        Distill = new()
        {
            Branch = BranchDesign.Bottleneck,
            Epochs = 200,
            BatchSize = 128,
            FromEncoder = false,
            Views = new() { CropScale = 1, Padding = 0.125, JitterProbability = 0, Grayscale = 0 },
            Optimizer = new() { LearningRate = 0.1, WeightDecay = 5e-4, WarmupFraction = 0 },
        },
    };

    /// <summary>
    /// SimCLR's published ImageNet recipe (temperature 0.1, batch 4096, unclipped LARS at 0.3 x batch / 256 with coefficient 0.001, 10
    /// epochs of warm-up of 100).
    /// </summary>
    private static RunOptions ImageNetResNet50() => new()
    {
        Preset = PresetNames.ImageNetResNet50,
        Precision = PrecisionOption.Single,
        Data = new() { ImageSize = 256 },
        Pretrain = new()
        {
            Arch = "resnet50",
            Epochs = 100,
            BatchSize = 4096,
            Views = new() { Size = 224, CropScale = 0.08, Jitter = 0.8, Hue = 0.2, Blur = 0.5 },
            Optimizer = new()
            {
                Kind = OptimizerKind.Lars,
                LearningRate = 4.8,
                WeightDecay = 1e-6,
                WarmupFraction = 0.1,
                TrustCoefficient = 0.001,
                TrustClip = false,
            },
            Methods = WithSimClr(new SimClrOptions { Temperature = 0.1, ProjectorHidden = 2048, ProjectorOutput = 128 }),
        },
        Distill = new()
        {
            Arch = "resnet50",
            Epochs = 90,
            BatchSize = 256,
            FromEncoder = false,
            Views = new() { Size = 224, CropScale = 0.08, Jitter = 0.4, Grayscale = 0 },
            Optimizer = new() { LearningRate = 0.1, WeightDecay = 1e-4, WarmupFraction = 0.05 },
        },
    };

    private static MethodOptions WithSimClr(SimClrOptions options) => MethodOptions.Of<PretrainOptions>().With(options);
}
