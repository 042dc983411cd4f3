namespace Autodidact.Pipeline.PretrainSettings;

/// <summary>Settings of BYOL, by preset.</summary>
internal static class ByolSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } = new Dictionary<string, Func<PretrainOptions, PretrainOptions>>
    {
        [Presets.Default] = Cpu,
        [Presets.Demonstration] = Cpu,
        ["cifar-resnet18"] = Cifar,
        ["imagenet-resnet50"] = ImageNet,
    };

    /// <summary>
    /// lightly's CIFAR-10 benchmark: SGD of 0.06 a batch of 128, so 0.12 for ours of 256, with a decay of 5e-4; momentum 0.99. It minimises a quarter of our loss, and a quarter of the rate with four
    /// times the decay, 0.03 and 2e-3, are the same steps. Its heads are twice as wide, its momentum stays; the rest is the preset's. The rate is the best of benchmarks/accuracy's ssl-tuning, a third of that.
    /// </summary>
    private static PretrainOptions Cpu(PretrainOptions options) => options with { Optimizer = options.Optimizer with { LearningRate = 0.01, WeightDecay = 2e-3 } };

    /// <summary>solo-learn's CIFAR configuration: LARS 1.0 for batch 256, weight decay 1e-5, heads of 4096 to 256, momentum 0.99 to 1, asymmetric views.</summary>
    private static PretrainOptions Cifar(PretrainOptions options) => PublishedViews.CifarAsymmetric(options) with
    {
        Optimizer = options.Optimizer with { LearningRate = 1.0, WeightDecay = 1e-5 },
        Byol = options.Byol with { Momentum = 0.99, ProjectorHidden = 4096, ProjectorOutput = 256, PredictorHidden = 4096 },
    };

    /// <summary>
    /// The authors' code for 100 epochs: LARS of 0.45 x batch / 256 at batch 4096, coefficient 0.001, weight decay 1e-6, 10 epochs of warm-up, momentum from 0.99. (For its 1000 epochs: 0.2,
    /// 1.5e-6, 0.996.)
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions options) => PublishedViews.ImageNetAsymmetric(options) with
    {
        Epochs = 100,
        BatchSize = 4096,
        Optimizer = options.Optimizer with { LearningRate = 7.2, WeightDecay = 1e-6, WarmupFraction = 0.1 },
        Byol = options.Byol with { Momentum = 0.99, ProjectorHidden = 4096, ProjectorOutput = 256, PredictorHidden = 4096 },
    };
}
