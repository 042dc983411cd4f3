namespace Autodidact.Pretraining;

/// <summary>A method's settings for every preset, <see cref="PretrainMethod.Settings"/>.</summary>
internal static class PresetSettings
{
    /// <param name="cpu">Of the presets for a CPU.</param>
    /// <param name="cifar">Of cifar-resnet18.</param>
    /// <param name="imageNet">Of imagenet-resnet50.</param>
    public static IReadOnlyDictionary<string, Func<PretrainOptions, PretrainOptions>> Of(
        Func<PretrainOptions, PretrainOptions> cpu,
        Func<PretrainOptions, PretrainOptions> cifar, Func<PretrainOptions, PretrainOptions> imageNet) =>
        new Dictionary<string, Func<PretrainOptions, PretrainOptions>>
        {
            [PresetNames.CpuSmall] = cpu,
            [PresetNames.Synthetic] = cpu,
            [PresetNames.CifarResNet18] = cifar,
            [PresetNames.ImageNetResNet50] = imageNet,
        };
}
