namespace Autodidact.Views;

/// <summary>One value for each of the three channels.</summary>
/// <param name="Red">Value for the red channel.</param>
/// <param name="Green">Value for the green channel.</param>
/// <param name="Blue">Value for the blue channel.</param>
public readonly record struct RgbTriple(float Red, float Green, float Blue);

/// <summary>Turns pixel values in [0, 1] into network inputs: (value - mean) / standard deviation, per channel.</summary>
/// <param name="Mean">Subtracted, on the [0, 1] scale.</param>
/// <param name="Std">Divided by, on the [0, 1] scale; each above 0.</param>
public sealed record PixelNormalization(RgbTriple Mean, RgbTriple Std)
{
    /// <summary>Statistics of ImageNet-1k as torchvision's models expect them.</summary>
    public static PixelNormalization ImageNet { get; } = new(new(0.485f, 0.456f, 0.406f), new(0.229f, 0.224f, 0.225f));

    /// <summary>Statistics of the CIFAR-10 training images.</summary>
    public static PixelNormalization Cifar10 { get; } = new(new(0.4914f, 0.4822f, 0.4465f), new(0.2470f, 0.2435f, 0.2616f));

    /// <summary>No change: network inputs stay in [0, 1].</summary>
    public static PixelNormalization None { get; } = new(new(0, 0, 0), new(1, 1, 1));
}
