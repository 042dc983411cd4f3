using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>S4L's settings at each scale.</summary>
internal static class S4lSettings
{
    /// <summary>By preset; that of cifar-resnet18 is RotNet's, since nothing is published.</summary>
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Cpu, RotNetSettings.All[PresetNames.CifarResNet18], ImageNet);

    /// <summary>Ours: what rotations want are views that leave the upright recognisable.</summary>
    private static PretrainOptions Cpu(PretrainOptions options) =>
        options with
        {
            Views = options.Views with { CropScale = 0.5, StartFraction = 1 },
            Optimizer = options.Optimizer with { LearningRate = 0.1 },
        };

    /// <summary>
    /// The authors' code at a tenth of ImageNet's labels: batches of 256, rate 0.03, weight decay 1e-3, 200 epochs, 5 of warm-up. Their
    /// rate falls in steps, ours by cosine; their network is a ResNet-50 v2.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions options) => options with
    {
        Epochs = 200,
        BatchSize = 256,
        Views = options.Views with { Jitter = 0, Hue = 0, Grayscale = 0, Blur = 0 },
        Optimizer = new OptimizerOptions { LearningRate = 0.03, WeightDecay = 1e-3, WarmupFraction = 0.025 },
    };
}
