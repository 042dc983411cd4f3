using Autodidact.Training;

namespace Autodidact.Pipeline.PretrainSettings;

/// <summary>S4L's settings at each scale.</summary>
internal static class S4lSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } = new Dictionary<string, Func<PretrainOptions, PretrainOptions>>
    {
        [Presets.Default] = Cpu,
        [Presets.Demonstration] = Cpu,

        // Ours, since nothing is published: RotNet's.
        ["cifar-resnet18"] = RotNetSettings.All["cifar-resnet18"],

        // The authors' code at a tenth of ImageNet's labels: batches of 256, rate 0.03, weight decay 1e-3, 200 epochs, 5 of warm-up. Their rate falls in steps, ours by cosine; their network
        // is a ResNet-50 v2.
        ["imagenet-resnet50"] = options => options with
        {
            Epochs = 200,
            BatchSize = 256,
            Views = options.Views with { Jitter = 0, Hue = 0, Grayscale = 0, Blur = 0 },
            Optimizer = new OptimizerOptions { LearningRate = 0.03, WeightDecay = 1e-3, WarmupFraction = 0.025 },
        },
    };

    /// <summary>Ours: what rotations want are views that leave the upright recognisable.</summary>
    private static PretrainOptions Cpu(PretrainOptions options) =>
        options with { Views = options.Views with { CropScale = 0.5, StartFraction = 1 }, Optimizer = options.Optimizer with { LearningRate = 0.1 } };
}
