using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>Settings of NPID for the presets.</summary>
internal static class NpidSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Small, Cifar, ImageNet);

    /// <summary>
    /// Ours. The rate is the best of benchmarks/accuracy's ssl-tuning; the authors' for CIFAR-10, scaled to 256 images, is 0.06.
    /// </summary>
    private static PretrainOptions Small(PretrainOptions o) => o with { Optimizer = o.Optimizer with { LearningRate = 0.0067 } };

    /// <summary>
    /// The authors' CIFAR-10 command: full softmax, temperature 0.1, momentum 0.5, 128 dimensions, SGD 0.03 for 128 images, decay 5e-4;
    /// crops from 0.2, jitter of 0.4 on everything with the hue, grey 0.2, no flip. Their rate is constant to epoch 80 and divided by 10
    /// every 40 epochs from 120 on; ours is a cosine, over the 200 epochs of their code.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions o) => o with
    {
        Epochs = 200,
        BatchSize = 128,
        Views = new() { CropScale = 0.2, Flip = 0, Jitter = 0.4, Hue = 0.4, JitterProbability = 1, Grayscale = 0.2 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.03, WeightDecay = 5e-4, WarmupFraction = 0 },
        Methods = o.Methods.With<NpidOptions>(m => m with { Temperature = 0.1, Negatives = 0, Momentum = 0.5, Dimension = 128 }),
    };

    /// <summary>
    /// The authors' ImageNet code: 4096 negatives, temperature 0.07, momentum 0.5, 128 dimensions, SGD 0.03 for 256 images, decay 1e-4, 200
    /// epochs; views as on CIFAR-10, and flips. Their rate is divided by 10 at epochs 120 and 160, ours is a cosine.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions o) => o with
    {
        Epochs = 200,
        BatchSize = 256,
        Views = new() { Size = 224, CropScale = 0.2, Jitter = 0.4, Hue = 0.4, JitterProbability = 1, Grayscale = 0.2 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.03, WeightDecay = 1e-4, WarmupFraction = 0 },
        Methods = o.Methods.With<NpidOptions>(m => m with { Temperature = 0.07, Negatives = 4096, Momentum = 0.5, Dimension = 128 }),
    };
}
