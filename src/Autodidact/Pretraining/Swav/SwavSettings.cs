using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>Settings of SwAV for each preset.</summary>
internal static class SwavSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(CpuSmall, Cifar, ImageNet);

    /// <summary>
    /// Optimizer, rate and weight decay of lightly's CIFAR benchmark (Adam, ours AdamW; 1e-3 for a batch of 128, so 2e-3 for ours of 256;
    /// 1e-6), its head of 512 and 128, and no queue, as there. In benchmarks/accuracy's ssl-tuning it was the best: with a queue training
    /// fell back when that began, likely since its embeddings age while the features still move fast.
    /// </summary>
    private static PretrainOptions CpuSmall(PretrainOptions options) => options with
    {
        Optimizer = options.Optimizer with { Kind = OptimizerKind.AdamW, LearningRate = 2e-3, WeightDecay = 1e-6 },
        Methods = options.Methods.With<SwavOptions>(m => m with { Queue = 0 }),
    };

    /// <summary>
    /// solo-learn's SwAV on CIFAR: clipped LARS 0.6 for a batch of 256, weight decay 1e-6, a head of 2,048 and 128, 3,000 prototypes frozen
    /// for 2 epochs of 1,000, a queue of 3,840 from epoch 50, the preset's symmetric views, none local.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions options) => options with
    {
        Optimizer = options.Optimizer with { LearningRate = 0.6, WeightDecay = 1e-6 },
        Methods = options.Methods.With(
            new SwavOptions { Prototypes = 3000, Queue = 3840, QueueFrom = 0.05, FreezeFraction = 0.002, ProjectorHidden = 2048 }),
    };

    /// <summary>
    /// The authors' ImageNet recipe for a batch of 256 (400 epochs): unclipped LARS of coefficient 0.001, rate 0.6 to 0.0006 without
    /// warm-up, weight decay 1e-6, 3,000 prototypes frozen for 5,005 steps (one epoch), a queue of 3,840 from epoch 15, two views of 224 px
    /// (area 0.14 to 1) and six of 96 (0.05 to 0.14). There norms and biases adapt and decay too, here they do not.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions options) => options with
    {
        Epochs = 400,
        BatchSize = 256,
        Views = options.Views with { CropScale = 0.14 },
        LocalViews = new() { Count = 6, Fraction = 96.0 / 224, ScaleMin = 0.05, ScaleMax = 0.14 },
        Optimizer = options.Optimizer with { LearningRate = 0.6, FinalFraction = 0.001, WarmupFraction = 0, WeightDecay = 1e-6 },
        Methods = options.Methods.With(
            new SwavOptions
            {
                Prototypes = 3000,
                Queue = 3840,
                QueueFrom = 15.0 / 400,
                FreezeFraction = 1.0 / 400,
                ProjectorHidden = 2048,
            }),
    };
}
