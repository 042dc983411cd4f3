using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>Settings of Barlow Twins, by preset.</summary>
internal static class BarlowTwinsSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Cpu, Cifar, ImageNet);

    /// <summary>
    /// Optimizer and loss scale of solo-learn's CIFAR configuration, of the same batch: clipped LARS bears a loss that grows with the
    /// embedding's size. Head and views are ours. The rate is the best of benchmarks/accuracy's ssl-tuning, three times that.
    /// </summary>
    private static PretrainOptions Cpu(PretrainOptions options) => options with
    {
        Optimizer = options.Optimizer with { Kind = OptimizerKind.Lars, LearningRate = 0.9, WeightDecay = 1e-4 },
        Methods = options.Methods.With<BarlowTwinsOptions>(m => m with { LossScale = 0.1 }),
    };

    /// <summary>
    /// solo-learn's CIFAR configuration: LARS 0.3 for batch 256, weight decay 1e-4, three layers of 2048, lambda 0.0051, the loss times
    /// 0.1, asymmetric views.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions options) => PublishedViews.CifarAsymmetric(options) with
    {
        Optimizer = options.Optimizer with { LearningRate = 0.3, WeightDecay = 1e-4 },
        Methods = options.Methods.With<BarlowTwinsOptions>(
            m => m with { RedundancyWeight = 0.0051, LossScale = 0.1, ProjectorHidden = 2048, ProjectorOutput = 2048 }),
    };

    /// <summary>
    /// The authors' code: batch 2048, 1000 epochs, 10 of warm-up, LARS (coefficient 0.001, unclipped) of 0.2 x batch / 256 for weights and
    /// 0.0048 x batch / 256 for norms and biases (a factor of 0.024), down to a thousandth; weight decay 1e-6, three layers of 8192, lambda
    /// 0.0051.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions options) => PublishedViews.ImageNetAsymmetric(options) with
    {
        Epochs = 1000,
        BatchSize = 2048,
        Optimizer = options.Optimizer with { LearningRate = 1.6, WeightDecay = 1e-6, WarmupFraction = 0.01, FinalFraction = 0.001 },
        Methods = options.Methods.With<BarlowTwinsOptions>(m =>
            m with { RedundancyWeight = 0.0051, LossScale = 1, BiasGradientScale = 0.024, ProjectorHidden = 8192, ProjectorOutput = 8192 }),
    };
}
