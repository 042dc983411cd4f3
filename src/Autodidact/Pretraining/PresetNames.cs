namespace Autodidact.Pretraining;

/// <summary>Names of the presets that methods have settings for.</summary>
internal static class PresetNames
{
    public const string CpuSmall = "cpu-small";

    public const string Synthetic = "synthetic";

    public const string CifarResNet18 = "cifar-resnet18";

    public const string ImageNetResNet50 = "imagenet-resnet50";
}
