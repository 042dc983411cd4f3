using Autodidact.Images;
using Autodidact.Numerics;
using Autodidact.Views;

namespace Autodidact.Evaluation;

/// <summary>Un-augmented views of any size, resized as training's own views are.</summary>
public static class PlainViews
{
    /// <summary>The views of a set.</summary>
    /// <param name="images">The images.</param>
    /// <param name="viewSize">Height and width of the views in pixels.</param>
    /// <param name="normalization">Mean and standard deviation.</param>
    public static PlainPixels Of(IImageSet images, int viewSize, PixelNormalization normalization)
    {
        var recipe = ViewRecipe.Plain(viewSize, normalization);
        var sameSize = images.Height == viewSize && images.Width == viewSize;
        return new PlainPixels(images, viewSize, Values(normalization.Mean), Values(normalization.Std), sameSize ? null : Resizing(images, recipe));
    }

    private static PlainViewWriter Resizing(IImageSet images, ViewRecipe recipe)
    {
        var renderer = new ViewRenderer();
        var length = ViewRenderer.OutputLength(recipe);
        return (indices, nhwc) =>
        {
            for (var i = 0; i < indices.Length; i++)
            {
                // A plain view draws nothing, so any stream will do.
                renderer.Render(images.Pixels(indices[i]), images.Height, images.Width, recipe, new CounterRandom(0), nhwc.Slice(i * length, length));
            }
        };
    }

    private static float[] Values(RgbTriple v) => [v.Red, v.Green, v.Blue];
}
