using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>Settings of rotation feature decoupling for the presets.</summary>
internal static class RotationDecouplingSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Small, Cifar, ImageNet);

    /// <summary>
    /// Ours: RotNet's, and NPID's softmax over all images, as below. The rate is the best of benchmarks/accuracy's ssl-tuning.
    /// </summary>
    private static PretrainOptions Small(PretrainOptions o) =>
        WithSoftmax(RotNetSettings.All[PresetNames.CpuSmall](o)) with { Optimizer = o.Optimizer with { LearningRate = 0.1 } };

    /// <summary>
    /// Ours, since nothing is published: RotNet's, with the full softmax that NPID publishes for CIFAR-10. The sum over 4096 drawn
    /// negatives, which is for ImageNet, is in the hundreds once the memory holds the alike embeddings of a fresh network, and in a short
    /// training at RotNet's rates features collapse or fall behind untrained ones.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions o) => WithSoftmax(RotNetSettings.All[PresetNames.CifarResNet18](o));

    private static PretrainOptions WithSoftmax(PretrainOptions o) =>
        o with { Methods = o.Methods.With<RotationDecouplingOptions>(m => m with { Negatives = 0 }) };

    /// <summary>
    /// The authors' AlexNet configuration on ImageNet: 192 images in four rotations, Nesterov SGD 0.1, decay 5e-4, 245 epochs, crop and
    /// flip; 4096 negatives, temperature 0.07, momentum 0.5, 128 dimensions, all weights 1, which are the options' defaults. Their rate
    /// goes by steps and rises once more for the last 35 epochs, where they weight rotations; ours is a cosine, and the weight stays 1. The
    /// network is the preset's ResNet-50.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions o) => o with
    {
        Epochs = 245,
        BatchSize = 192,
        Views = new() { Size = 224, CropScale = 0.08, Jitter = 0, Hue = 0, JitterProbability = 0, Grayscale = 0 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.1, WeightDecay = 5e-4, WarmupFraction = 0 },
    };
}
