using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>Settings of DeepCluster-v2 for each preset.</summary>
internal static class DeepClusterV2Settings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(CpuSmall, Cifar, ImageNet);

    /// <summary>
    /// The optimizer of SwAV's settings for this preset, whose projector and temperature it shares. The rate is the best of
    /// benchmarks/accuracy's ssl-tuning.
    /// </summary>
    private static PretrainOptions CpuSmall(PretrainOptions options) => options with
    {
        Optimizer = options.Optimizer with { Kind = OptimizerKind.AdamW, LearningRate = 6.7e-4, WeightDecay = 1e-6 },
    };

    /// <summary>
    /// solo-learn's DeepCluster-v2 on CIFAR: clipped LARS 0.6 to 0.0006 for a batch of 256, weight decay 1e-6, 11 epochs of warm-up in
    /// 1,000, a head of 2,048 and 128, three times 3,000 clusters, t 0.1, the preset's symmetric views, none local.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions options) => options with
    {
        Optimizer = options.Optimizer with { LearningRate = 0.6, FinalFraction = 0.001, WeightDecay = 1e-6, WarmupFraction = 0.011 },
        Methods = options.Methods.With(new DeepClusterV2Options { Prototypes = 3000, ProjectorHidden = 2048 }),
    };

    /// <summary>
    /// The authors' ImageNet recipe of 400 epochs: unclipped LARS of coefficient 0.001, rate 4.8 to 0.0048 for a batch of 4,096, 10 epochs
    /// of warm-up (there from 0.3, here from near 0), weight decay 1e-6, three times 3,000 clusters, two views of 160 px (area 0.08 to 1)
    /// and four of 96 (0.05 to 0.14). There norms and biases adapt and decay too, here they do not.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions options) => options with
    {
        Epochs = 400,
        Views = options.Views with { Size = 160, CropScale = 0.08 },
        LocalViews = new() { Count = 4, Fraction = 96.0 / 160, ScaleMin = 0.05, ScaleMax = 0.14 },
        Optimizer = options.Optimizer with { LearningRate = 4.8, FinalFraction = 0.001, WeightDecay = 1e-6, WarmupFraction = 10.0 / 400 },
        Methods = options.Methods.With(new DeepClusterV2Options { Prototypes = 3000, ProjectorHidden = 2048 }),
    };
}
