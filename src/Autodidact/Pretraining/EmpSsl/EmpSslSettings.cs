using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Pretraining;

/// <summary>Settings of EMP-SSL, by preset.</summary>
internal static class EmpSslSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Cpu, Cifar, ImageNet);

    /// <summary>
    /// The published optimizer, at the rate that was best of four in benchmarks/accuracy's ssl-tuning (published is 0.3); four views of
    /// half the preset's batch, so that a step costs what the preset's does; the head is an eighth of the published width, and views are
    /// the preset's: ssl-many-views has what else was tried.
    /// </summary>
    private static PretrainOptions Cpu(PretrainOptions options) => options with
    {
        BatchSize = 128,
        Optimizer = options.Optimizer with { Kind = OptimizerKind.Lars, LearningRate = 0.1, WeightDecay = 1e-4, TrustCoefficient = 0.005 },
    };

    /// <summary>
    /// The authors' CIFAR command: 20 views of a batch of 100, clipped LARS 0.3 of coefficient 0.005 without warm-up, weight decay 1e-4, 30
    /// epochs, heads of 4,096, 4,096 and 1,024; every view a quarter of the image, jitter (0.4, 0.4, 0.4, 0.2), greyscale 0.2, blur and
    /// solarisation 0.1 each.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions options) => Published(options) with { Epochs = 30 };

    /// <summary>
    /// The authors' command for ImageNet-100, which is that of CIFAR on a ResNet-18 of ImageNet's form with crops of 224 pixels, bicubic,
    /// and one epoch; no settings for all of ImageNet are published.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions options)
    {
        var published = Published(options);
        return published with { Epochs = 1, Views = published.Views with { Interpolation = Interpolation.Bicubic } };
    }

    private static PretrainOptions Published(PretrainOptions options) => options with
    {
        BatchSize = 100,
        Views = options.Views with
        {
            CropScale = 0.25,
            CropScaleMax = 0.25,
            Jitter = 0.4,
            Hue = 0.2,
            Blur = 0.1,
            Solarize = 0.1,
            Interpolation = Interpolation.Bilinear,
        },
        Optimizer = options.Optimizer with
        {
            LearningRate = 0.3,
            WeightDecay = 1e-4,
            WarmupFraction = 0,
            TrustCoefficient = 0.005,
            TrustClip = true,
        },
        Methods = options.Methods.With(new EmpSslOptions { Views = 20, ProjectorHidden = 4096, ProjectorOutput = 1024 }),
    };
}
