using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>Settings of MoCo v2 for each preset.</summary>
internal static class MocoV2Settings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(CpuSmall, Cifar, ImageNet);

    /// <summary>
    /// Rate, temperature, queue and momentum of lightly's CIFAR benchmark (rate 0.06 for a batch of 128, so 0.12 for 256; t 0.1; 4,096
    /// keys; 0.99; symmetric; a head of 512 and 128); groups of 64 images as in the MoCo authors' CIFAR demo. The rate is the best of three
    /// in benchmarks/accuracy's ssl-tuning.
    /// </summary>
    private static PretrainOptions CpuSmall(PretrainOptions options) => options with
    {
        Optimizer = options.Optimizer with { LearningRate = 0.12 },
        Methods = options.Methods.With<MocoOptions>(m => m with { Temperature = 0.1 }),
    };

    /// <summary>
    /// solo-learn's MoCo v2+ on CIFAR: SGD 0.3 for a batch of 256, weight decay 1e-4, 10 epochs of warm-up in 1,000, a head of 2,048 and
    /// 256 without norm, t 0.2, momentum 0.99 to 0.999, symmetric, weak views. It keeps a queue of 32,768 for each view, we one of that
    /// size for both; its SGD is not Nesterov's. Groups of 64 images are the MoCo authors' CIFAR demo's.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions options) => options with
    {
        Views = options.Views with { CropScale = 0.08, Jitter = 0.4, Hue = 0.1, Blur = 0.5 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.3, WeightDecay = 1e-4, WarmupFraction = 0.01 },
        Methods = options.Methods.With(
            new MocoOptions { Queue = 32_768, Momentum = 0.99, FinalMomentum = 0.999, ProjectorHidden = 2048, ProjectorOutput = 256 }),
    };

    /// <summary>
    /// The authors' ImageNet recipe: SGD 0.03 for a batch of 256, weight decay 1e-4, a cosine over 200 epochs without warm-up, 65,536 keys
    /// of 128, a head of 2,048, t 0.2, momentum 0.999, the first view asking and the second answering; 8 groups for the 8 processors it ran
    /// on. Its cosine is by the epoch, ours by the step; its SGD is not Nesterov's.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions options) => options with
    {
        Epochs = 200,
        BatchSize = 256,
        Views = options.Views with { CropScale = 0.2, Jitter = 0.4, Hue = 0.1, Blur = 0.5 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.03, WeightDecay = 1e-4, WarmupFraction = 0 },
        Methods = options.Methods.With(
            new MocoOptions
            {
                Queue = 65_536,
                Momentum = 0.999,
                Symmetric = false,
                NormGroups = 8,
                ProjectorHidden = 2048,
                ProjectorOutput = 128,
            }),
    };
}
