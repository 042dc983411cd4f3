using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Pretraining;

/// <summary>Settings of VICReg, by preset.</summary>
internal static class VicRegSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Cpu, Cifar, ImageNet);

    /// <summary>
    /// Optimizer of solo-learn's CIFAR configuration, of the same batch: clipped LARS bears the loss's weights of 25. Head and views are
    /// ours. The rate is the best of benchmarks/accuracy's ssl-tuning, a third of that.
    /// </summary>
    private static PretrainOptions Cpu(PretrainOptions options) => options with
    {
        Optimizer = options.Optimizer with { Kind = OptimizerKind.Lars, LearningRate = 0.1, WeightDecay = 1e-4 },
    };

    /// <summary>
    /// solo-learn's CIFAR configuration: LARS 0.3 for batch 256, weight decay 1e-4, three layers of 2048, weights 25, 25, 1; both views
    /// alike: crop from 0.2, jitter (0.4, 0.4, 0.2, 0.1; our saturation is 0.4), no blur, solarisation 0.1; bicubic.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions options) => options with
    {
        Views = options.Views with
        {
            CropScale = 0.2,
            Jitter = 0.4,
            Hue = 0.1,
            Blur = 0,
            Solarize = 0.1,
            Interpolation = Interpolation.Bicubic,
        },
        Optimizer = options.Optimizer with { LearningRate = 0.3, WeightDecay = 1e-4 },
        Methods = options.Methods.With<VicRegOptions>(m =>
            m with { InvarianceWeight = 25, VarianceWeight = 25, CovarianceWeight = 1, ProjectorHidden = 2048, ProjectorOutput = 2048 }),
    };

    /// <summary>
    /// The authors' command for 100 epochs: batch 512, LARS (coefficient 0.001, unclipped) of 0.3 x batch / 256 down to a thousandth, 10
    /// epochs of warm-up, weight decay 1e-6, three layers of
    /// 8192. Their code halves the sum of the variance terms: its weight 25 is 12.5 here.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions options) => PublishedViews.ImageNetAsymmetric(options) with
    {
        Epochs = 100,
        BatchSize = 512,
        Optimizer = options.Optimizer with { LearningRate = 0.6, WeightDecay = 1e-6, WarmupFraction = 0.1, FinalFraction = 0.001 },
        Methods = options.Methods.With<VicRegOptions>(m =>
            m with { InvarianceWeight = 25, VarianceWeight = 12.5, CovarianceWeight = 1, ProjectorHidden = 8192, ProjectorOutput = 8192 }),
    };
}
