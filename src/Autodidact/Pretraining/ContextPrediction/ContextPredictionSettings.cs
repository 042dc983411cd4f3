using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>Settings of context prediction for the presets.</summary>
internal static class ContextPredictionSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Small, Cifar, ImageNet);

    /// <summary>
    /// Ours: views do not grow, since patches are small as it is; crops leave most of the image, whose arrangement is asked for. Rate and
    /// colours are the best of benchmarks/accuracy's ssl-tuning.
    /// </summary>
    private static PretrainOptions Small(PretrainOptions o) => o with
    {
        Views = o.Views with { StartFraction = 1, CropScale = 0.6, Flip = 0 },
        Optimizer = o.Optimizer with { LearningRate = 0.1 },
        Methods = o.Methods.With<ContextPredictionOptions>(m => m with { DropColors = false }),
    };

    /// <summary>Ours, a reduced variant, since nothing is published for 32 pixels: patches of 7 pixels, gaps of 3, moved by 1.</summary>
    private static PretrainOptions Cifar(PretrainOptions o) => o with
    {
        Epochs = 200,
        BatchSize = 256,
        Views = new() { CropScale = 0.6, Flip = 0, Jitter = 0, Hue = 0, JitterProbability = 0, Grayscale = 0 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.1, WeightDecay = 5e-4, WarmupFraction = 0.05 },
    };

    /// <summary>
    /// The authors' code has patches of 96 pixels with gaps of 48, moved by 7, out of images of 150,000 to 450,000 pixels, one channel of
    /// each kept and hidden layers of 4096: the ratios and layers are theirs, on views of 224 pixels patches are of 49. Their rate is of
    /// another optimizer's scale; rate, decay and length are those of VISSL's jigsaw puzzles.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions o) => o with
    {
        Epochs = 105,
        BatchSize = 256,
        Views = new() { Size = 224, CropScale = 0.6, Flip = 0, Jitter = 0, Hue = 0, JitterProbability = 0, Grayscale = 0 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.1, WeightDecay = 1e-4, WarmupFraction = 0.05 },
        Methods = o.Methods.With<ContextPredictionOptions>(m => m with { Hidden = 4096 }),
    };
}
