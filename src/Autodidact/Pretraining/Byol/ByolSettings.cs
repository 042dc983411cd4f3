namespace Autodidact.Pretraining;

/// <summary>Settings of BYOL, by preset.</summary>
internal static class ByolSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Cpu, Cifar, ImageNet);

    /// <summary>
    /// Rate and start of the momentum are the best of benchmarks/accuracy's ssl-tuning; with the published 0.99 the target is a hundred
    /// steps behind, a good part of a short training, and taught next to nothing at any rate. The weight decay is that of lightly's
    /// CIFAR-10 benchmark (5e-4 for a quarter of our loss, so 2e-3 for all of it); its heads are twice as wide.
    /// </summary>
    private static PretrainOptions Cpu(PretrainOptions options) => options with
    {
        Optimizer = options.Optimizer with { LearningRate = 0.27, WeightDecay = 2e-3 },
        Methods = options.Methods.With<ByolOptions>(m => m with { Momentum = 0.9 }),
    };

    /// <summary>
    /// solo-learn's CIFAR configuration: LARS 1.0 for batch 256, weight decay 1e-5, heads of 4096 to 256, momentum 0.99 to 1, asymmetric
    /// views.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions options) => PublishedViews.CifarAsymmetric(options) with
    {
        Optimizer = options.Optimizer with { LearningRate = 1.0, WeightDecay = 1e-5 },
        Methods = options.Methods.With<ByolOptions>(
            m => m with { Momentum = 0.99, ProjectorHidden = 4096, ProjectorOutput = 256, PredictorHidden = 4096 }),
    };

    /// <summary>
    /// The authors' code for 100 epochs: LARS of 0.45 x batch / 256 at batch 4096, coefficient 0.001, weight decay 1e-6, 10 epochs of
    /// warm-up, momentum from 0.99. (For its 1000 epochs: 0.2, 1.5e-6, 0.996.)
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions options) => PublishedViews.ImageNetAsymmetric(options) with
    {
        Epochs = 100,
        BatchSize = 4096,
        Optimizer = options.Optimizer with { LearningRate = 7.2, WeightDecay = 1e-6, WarmupFraction = 0.1 },
        Methods = options.Methods.With<ByolOptions>(
            m => m with { Momentum = 0.99, ProjectorHidden = 4096, ProjectorOutput = 256, PredictorHidden = 4096 }),
    };
}
