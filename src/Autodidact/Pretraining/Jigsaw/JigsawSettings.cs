using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>Settings of jigsaw puzzles for the presets.</summary>
internal static class JigsawSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Small, Cifar, ImageNet);

    /// <summary>
    /// Ours: views do not grow, since tiles are small as it is; crops leave most of the image, whose arrangement is asked for. The rate is
    /// the best of benchmarks/accuracy's ssl-tuning.
    /// </summary>
    private static PretrainOptions Small(PretrainOptions o) => o with
    {
        Views = o.Views with { StartFraction = 1, CropScale = 0.6 },
        Optimizer = o.Optimizer with { LearningRate = 0.1 },
    };

    /// <summary>
    /// Ours, a reduced variant, since nothing is published for 32 pixels: cells of 10 pixels, tiles of 8, moved by 2; VISSL's rate and grey
    /// images, 200 epochs, 100 permutations.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions o) => o with
    {
        Epochs = 200,
        BatchSize = 256,
        Views = new() { CropScale = 0.6, Jitter = 0, Hue = 0, JitterProbability = 0, Grayscale = 0.66 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.1, WeightDecay = 5e-4, WarmupFraction = 0.05 },
        Methods = o.Methods.With<JigsawOptions>(m => m with { Embedding = 512 }),
    };

    /// <summary>
    /// VISSL's configuration: views of 255 pixels, cells of 85, tiles of 64, flip, grey 0.66, tiles not normalised by themselves, 2000
    /// permutations, 1000 values a tile; SGD 0.1 for 256 images, decay 1e-4, 105 epochs, 5 of them warm-up. It crops 255 of 256 pixels,
    /// here the view is the whole image; its steps and plain momentum are a cosine and Nesterov's here.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions o) => o with
    {
        Epochs = 105,
        BatchSize = 256,
        Views = new() { Size = 255, CropScale = 1, Jitter = 0, Hue = 0, JitterProbability = 0, Grayscale = 0.66 },
        Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.1, WeightDecay = 1e-4, WarmupFraction = 5 / 105.0 },
        Methods = o.Methods.With<JigsawOptions>(
            m => m with { Grid = 3, Tile = 64 / 85.0, Permutations = 2000, NormalizeTiles = false, Embedding = 1000 }),
    };
}
