namespace Autodidact.Views;

/// <summary>The views that a method wants of each image, such as two global ones.</summary>
public sealed record ViewSpec
{
    /// <summary>One recipe a view, in the order of the output.</summary>
    public required IReadOnlyList<ViewRecipe> Views { get; init; }

    /// <summary>One un-augmented view: for evaluation and for features.</summary>
    /// <param name="size">Height and width of the view in pixels.</param>
    /// <param name="normalization">Mean and standard deviation.</param>
    public static ViewSpec Plain(int size, PixelNormalization normalization) => new() { Views = [ViewRecipe.Plain(size, normalization)] };

    /// <summary>
    /// The two alike views of SimCLR (Chen et al. 2020, arXiv 2002.05709, appendix A): crop, flip 0.5, jitter (0.8, 0.8, 0.8, 0.2) times
    /// the strength with probability 0.8, greyscale 0.2, and blur where asked for.
    /// </summary>
    /// <param name="size">Height and width of each view in pixels.</param>
    /// <param name="normalization">Mean and standard deviation.</param>
    /// <param name="strength">Of the colour jitter; the paper uses 1 for ImageNet and 0.5 for CIFAR-10.</param>
    /// <param name="minimumScale">Smallest crop area as a fraction of the image.</param>
    /// <param name="blurProbability">0 for none, as the paper has it on CIFAR-10; 0.5 on ImageNet.</param>
    /// <param name="interpolation">How crops are brought to the size.</param>
    public static ViewSpec SimClr(
        int size,
        PixelNormalization normalization,
        double strength = 1,
        double minimumScale = 0.08,
        double blurProbability = 0,
        Interpolation interpolation = Interpolation.Bilinear)
    {
        var recipe = new ViewRecipe
        {
            Size = size,
            Crop = new ResizedCrop { ScaleMin = minimumScale, Interpolation = interpolation },
            FlipProbability = 0.5,
            ColorJitter = new ColorJitter
            {
                Brightness = 0.8 * strength,
                Contrast = 0.8 * strength,
                Saturation = 0.8 * strength,
                Hue = 0.2 * strength,
                Probability = 0.8,
            },
            GrayscaleProbability = 0.2,
            GaussianBlur = blurProbability > 0 ? new GaussianBlur { Probability = blurProbability } : null,
            Normalization = normalization,
        };
        return new ViewSpec { Views = [recipe, recipe] };
    }

    /// <summary>Checks that there is a view, and every recipe.</summary>
    /// <exception cref="AutodidactException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        if (Views is not { Count: > 0 })
            throw new AutodidactException(FailureKind.Usage, "view: Views is empty; expected at least one recipe");
        foreach (var recipe in Views)
            recipe.Validate();
    }
}
