namespace Autodidact.Views;

/// <summary>
/// How one view is made from one image. The operations run in this order, whichever are asked for: crop and resize, flip, colour jitter,
/// greyscale, blur, solarise, normalise, erase. The defaults augment nothing: the whole image resized to the view's size and normalised.
/// </summary>
public sealed record ViewRecipe
{
    /// <summary>Height and width of the view in pixels.</summary>
    public required int Size { get; init; }

    /// <summary>
    /// Random resized crop, or null for the whole image, resized bilinearly. Not together with <see cref="PaddingCrop"/>.
    /// </summary>
    public ResizedCrop? Crop { get; init; }

    /// <summary>Padding crop, or null for none. Not together with <see cref="Crop"/>.</summary>
    public PaddingCrop? PaddingCrop { get; init; }

    /// <summary>How often the view is mirrored left to right.</summary>
    public double FlipProbability { get; init; }

    /// <summary>Colour jitter, or null for none.</summary>
    public ColorJitter? ColorJitter { get; init; }

    /// <summary>How often the view loses its colour.</summary>
    public double GrayscaleProbability { get; init; }

    /// <summary>Gaussian blur, or null for none.</summary>
    public GaussianBlur? GaussianBlur { get; init; }

    /// <summary>Solarisation, or null for none.</summary>
    public Solarize? Solarize { get; init; }

    /// <summary>Random erasing, or null for none.</summary>
    public RandomErasing? RandomErasing { get; init; }

    /// <summary>Mean and standard deviation the pixels are normalised with.</summary>
    public PixelNormalization Normalization { get; init; } = PixelNormalization.ImageNet;

    /// <summary>The whole image, resized and normalised, the same at every call: for evaluation and for features.</summary>
    /// <param name="size">Height and width of the view in pixels.</param>
    /// <param name="normalization">Mean and standard deviation.</param>
    public static ViewRecipe Plain(int size, PixelNormalization normalization) => new() { Size = size, Normalization = normalization };
}
