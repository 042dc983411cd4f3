using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>Settings of DeepCluster for each preset.</summary>
internal static class DeepClusterSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(CpuSmall, Cifar, ImageNet);

    /// <summary>
    /// The authors' weight decay for a batch of 256, with the preset's warm-up and cosine. The rate is the best of benchmarks/accuracy's
    /// ssl-tuning, three times theirs.
    /// </summary>
    private static PretrainOptions CpuSmall(PretrainOptions options) => options with
    {
        Optimizer = options.Optimizer with { LearningRate = 0.15, WeightDecay = 1e-5 },
    };

    /// <summary>Nothing is published for CIFAR: the ImageNet recipe, with the number of clusters that fits the set.</summary>
    private static PretrainOptions Cifar(PretrainOptions options) => Published(options);

    /// <summary>The authors' ImageNet recipe, see <see cref="Published"/>, with its 10,000 clusters.</summary>
    private static PretrainOptions ImageNet(PretrainOptions options)
    {
        var published = Published(options);
        return published with { Methods = published.Methods.With<DeepClusterOptions>(m => m with { Clusters = 10_000 }) };
    }

    /// <summary>
    /// The authors' code: SGD at a constant 0.05 for a batch of 256, weight decay 1e-5, 200 epochs, 256 components, 20 iterations, crops of
    /// area 0.08 to 1 and flips. It was for AlexNet and VGG, on images turned into edges without colour by a Sobel filter, which is not
    /// built here: views are jittered in colour and greyed instead, so that clusters are not of colours alone.
    /// </summary>
    private static PretrainOptions Published(PretrainOptions options) => options with
    {
        Epochs = 200,
        BatchSize = 256,
        Views = options.Views with { CropScale = 0.08, Jitter = 0.4, Hue = 0.1, Blur = 0 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.05, WeightDecay = 1e-5, WarmupFraction = 0, FinalFraction = 1 },
        Methods = options.Methods.With(new DeepClusterOptions { Components = 256, Iterations = 20 }),
    };
}
