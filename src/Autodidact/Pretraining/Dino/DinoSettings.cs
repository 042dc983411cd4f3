using Autodidact.Training;

namespace Autodidact.Pretraining;

/// <summary>Settings of DINO, by preset.</summary>
internal static class DinoSettings
{
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> All { get; } =
        PresetSettings.Of(Cpu, Cifar, ImageNet);

    /// <summary>
    /// Rate, momentum, temperature and batch-normalised head of lightly's CIFAR-10 benchmark (SGD, 0.06 a batch of 128; 0.99; 0.04), the
    /// head a quarter to a half of its width; the authors' clip norm; no local views. The rate was the best of four in
    /// benchmarks/accuracy's ssl-tuning.
    /// </summary>
    private static PretrainOptions Cpu(PretrainOptions options) =>
        options with { Optimizer = options.Optimizer with { LearningRate = 0.12, ClipNorm = 3 } };

    /// <summary>
    /// solo-learn's CIFAR configuration: LARS 0.3 for batch 256, weight decay 1e-6, head 2048, 2048, 256, 4096 outputs, no batch norm in
    /// it, momentum 0.9995 to 1, teacher's temperature 0.04 to 0.07 over 50 of 1000 epochs, prototypes frozen for one, asymmetric views,
    /// two of them.
    /// </summary>
    private static PretrainOptions Cifar(PretrainOptions options) => PublishedViews.CifarAsymmetric(options) with
    {
        Optimizer = options.Optimizer with { LearningRate = 0.3, WeightDecay = 1e-6 },
        Methods = options.Methods.With<DinoOptions>(m => m with
        {
            Momentum = 0.9995,
            TeacherTemperatureStart = 0.04,
            TeacherTemperature = 0.07,
            TeacherWarmupFraction = 0.05,
            HeadHidden = 2048,
            HeadNorm = false,
            Bottleneck = 256,
            Outputs = 4096,
        }),
    };

    /// <summary>
    /// The authors' command for a ResNet-50 of 100 epochs: SGD 0.03 x batch / 256 at batch 512 (plain momentum there), 1e-6 at the end,
    /// weight decay 1e-4, 10 epochs of warm-up, crops from 0.14 and eight local ones of 96 pixels from 0.05 to 0.14; the defaults of their
    /// code beside. It clips each parameter's gradient to 3, ours all of them together; its local views are blurred with probability 0.5,
    /// ours as the first view is.
    /// </summary>
    private static PretrainOptions ImageNet(PretrainOptions options)
    {
        const double rate = 0.06;
        var published = PublishedViews.ImageNetAsymmetric(options);
        return published with
        {
            Epochs = 100,
            BatchSize = 512,
            Views = published.Views with { CropScale = 0.14 },
            LocalViews = new() { Count = 8, Fraction = 96.0 / 224, ScaleMin = 0.05, ScaleMax = 0.14 },
            Optimizer = options.Optimizer with
            {
                Kind = OptimizerKind.Sgd,
                LearningRate = rate,
                WeightDecay = 1e-4,
                WarmupFraction = 0.1,
                FinalFraction = 1e-6 / rate,
                ClipNorm = 3,
            },
            Methods = published.Methods.With<DinoOptions>(m => m with
            {
                Momentum = 0.996,
                TeacherTemperatureStart = 0.04,
                TeacherTemperature = 0.04,
                HeadHidden = 2048,
                HeadNorm = false,
                Bottleneck = 256,
                Outputs = 65_536,
            }),
        };
    }
}
