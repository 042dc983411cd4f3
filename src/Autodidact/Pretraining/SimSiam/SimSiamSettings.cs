using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Pretraining;

/// <summary>Settings of SimSiam, by preset.</summary>
internal static class SimSiamSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Cpu, Cifar, ImageNet);

    /// <summary>
    /// lightly's CIFAR-10 benchmark: SGD 0.06 at any batch, a projector of two layers; heads a quarter of its width. The rate is the best
    /// of benchmarks/accuracy's ssl-tuning, nine times that.
    /// </summary>
    private static PretrainOptions Cpu(PretrainOptions options) =>
        options with { Optimizer = options.Optimizer with { LearningRate = 0.54 } };

    /// <summary>
    /// solo-learn's CIFAR configuration: SGD 0.5 for batch 256 (plain momentum there, Nesterov's here), weight decay 1e-5, a projector of
    /// three layers of 2048, a predictor of 512 whose rate stays, weak views.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions options) => PublishedViews.CifarWeak(options) with
    {
        Optimizer = options.Optimizer with { Kind = OptimizerKind.Sgd, LearningRate = 0.5, WeightDecay = 1e-5 },
        Methods = options.Methods.With<SimSiamOptions>(
            m => m with { ProjectorLayers = 3, ProjectorHidden = 2048, ProjectorOutput = 2048, PredictorHidden = 512 }),
    };

    /// <summary>
    /// The authors' code: SGD 0.05 x batch / 256 at batch 512 (plain momentum there), weight decay 1e-4, no warm-up, 100 epochs, crop from
    /// 0.2, jitter (0.4, 0.4, 0.4, 0.1), blur 0.5.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions options) => options with
    {
        Epochs = 100,
        BatchSize = 512,
        Views = options.Views with { CropScale = 0.2, Jitter = 0.4, Hue = 0.1, Blur = 0.5, Interpolation = Interpolation.Bilinear },
        Optimizer = options.Optimizer with { Kind = OptimizerKind.Sgd, LearningRate = 0.1, WeightDecay = 1e-4, WarmupFraction = 0 },
        Methods = options.Methods.With<SimSiamOptions>(
            m => m with { ProjectorLayers = 3, ProjectorHidden = 2048, ProjectorOutput = 2048, PredictorHidden = 512 }),
    };
}
