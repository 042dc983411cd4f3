using Autodidact.Views;

namespace Autodidact.Pretraining;

/// <summary>
/// Views that several published recipes share. Jitter is one strength here; where saturation is published with half of it (0.2), ours is
/// 0.4.
/// </summary>
internal static class PublishedViews
{
    /// <summary>
    /// solo-learn's "asymmetric" of CIFAR: crop from 0.08, jitter (0.4, 0.4, 0.2, 0.1), no blur, every second view solarised with
    /// probability 0.2; bicubic.
    /// </summary>
    public static PretrainOptions CifarAsymmetric(PretrainOptions options) => options with
    {
        Views =
            options.Views with { CropScale = 0.08, Jitter = 0.4, Hue = 0.1, Blur = 0, Solarize = 0, Interpolation = Interpolation.Bicubic },
        SecondView = new() { Solarize = 0.2 },
    };

    /// <summary>solo-learn's "symmetric weak" of CIFAR: crop from 0.08, jitter (0.4, 0.4, 0.4, 0.1), blur 0.5; bicubic.</summary>
    public static PretrainOptions CifarWeak(PretrainOptions options) => options with
    {
        Views = options.Views with
        {
            CropScale = 0.08,
            Jitter = 0.4,
            Hue = 0.1,
            Blur = 0.5,
            Solarize = 0,
            Interpolation = Interpolation.Bicubic,
        },
        SecondView = new(),
    };

    /// <summary>
    /// BYOL's of ImageNet, which Barlow Twins, VICReg and DINO took over (each as in its authors' code): crop from 0.08, jitter (0.4, 0.4,
    /// 0.2, 0.1), the first view always blurred and never solarised, the second blurred with probability 0.1 and solarised with 0.2;
    /// bicubic.
    /// </summary>
    public static PretrainOptions ImageNetAsymmetric(PretrainOptions options) => options with
    {
        Views =
            options.Views with { CropScale = 0.08, Jitter = 0.4, Hue = 0.1, Blur = 1, Solarize = 0, Interpolation = Interpolation.Bicubic },
        SecondView = new() { Blur = 0.1, Solarize = 0.2 },
    };
}
