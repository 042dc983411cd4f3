using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>Settings of RotNet for the presets.</summary>
internal static class RotNetSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Small, Cifar, ImageNet);

    /// <summary>
    /// Ours: 128 images are as many inputs in four rotations as 256 in two views; the rate is the best of benchmarks/accuracy's ssl-tuning,
    /// three times the authors'.
    /// </summary>
    private static PretrainOptions Small(PretrainOptions o) =>
        o with { BatchSize = 128, Optimizer = o.Optimizer with { LearningRate = 0.3 } };

    /// <summary>
    /// The authors' CIFAR-10 configuration: 128 images in four rotations, Nesterov SGD 0.1, decay 5e-4, 200 epochs, padding crop by 4 of 32
    /// pixels and flip. Theirs divides the rate by 5 at epochs 60, 120 and 160, ours is a cosine; their network is a network in network of
    /// 4 blocks, the preset's a ResNet-18.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions o) => o with
    {
        Epochs = 200,
        BatchSize = 128,
        Views = new() { CropScale = 1, Padding = 0.125, Jitter = 0, Hue = 0, JitterProbability = 0, Grayscale = 0 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.1, WeightDecay = 5e-4, WarmupFraction = 0 },
    };

    /// <summary>
    /// VISSL's RotNet configuration (crop from 0.08, flip, SGD 0.1 for 256 inputs, decay 1e-4, linear classifier). It turns each image once
    /// an epoch, for 105 epochs; here all four rotations are in the batch: 64 images are 256 inputs, and 26 epochs about as many inputs in
    /// all. Its steps and plain momentum are a cosine and Nesterov's here.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions o) => o with
    {
        Epochs = 26,
        BatchSize = 64,
        Views = new() { Size = 224, CropScale = 0.08, Jitter = 0, Hue = 0, JitterProbability = 0, Grayscale = 0 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.1, WeightDecay = 1e-4, WarmupFraction = 0 },
    };
}
