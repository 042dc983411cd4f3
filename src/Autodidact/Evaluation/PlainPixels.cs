using System.Collections.Concurrent;
using Autodidact.Images;
using Autodidact.Numerics;
using Autodidact.Views;

namespace Autodidact.Evaluation;

/// <summary>
/// The un-augmented view of every image, what features are extracted from: <see cref="ViewRecipe.Plain"/>, the whole image resized and
/// normalised. This is the one joint between evaluation and the views.
/// </summary>
internal sealed class PlainPixels
{
    private const int MostPixels = 1 << 21;

    private readonly IImageSet _images;
    private readonly ViewRecipe _recipe;
    private readonly ConcurrentBag<ViewRenderer> _renderers = [];

    /// <summary>Declares the view.</summary>
    /// <param name="images">The images; read by several threads at once.</param>
    /// <param name="viewSize">Height and width of the view in pixels.</param>
    /// <param name="normalization">Mean and standard deviation of the pixels, those of training.</param>
    /// <exception cref="AutodidactException">The size or the normalisation is out of range.</exception>
    public PlainPixels(IImageSet images, int viewSize, PixelNormalization normalization)
    {
        ArgumentNullException.ThrowIfNull(images);
        _images = images;
        _recipe = ViewRecipe.Plain(viewSize, normalization);
        _recipe.Validate();
    }

    /// <summary>Number of images.</summary>
    public int Count => _images.Count;

    /// <summary>Height and width of a view in pixels.</summary>
    public int ViewSize => _recipe.Size;

    /// <summary>
    /// Images of one pass: fewer where so many large views would take gigabytes, since each core has a pass of its own. A ResNet-50 takes
    /// about 20 MB for each view of 224 pixels. 250 views of 91 pixels are not too many.
    /// </summary>
    /// <param name="batchSize">Images asked for.</param>
    public int PassOf(int batchSize) => Math.Clamp(MostPixels / (ViewSize * ViewSize), 1, batchSize);

    /// <summary>Number of values in one view.</summary>
    public int ValuesPerView => ViewRenderer.OutputLength(_recipe);

    /// <summary>Writes views one after the other: float32, height x width x RGB.</summary>
    /// <param name="indices">Images to write.</param>
    /// <param name="nhwc">Room for exactly these views.</param>
    public unsafe void Write(ReadOnlySpan<int> indices, Span<float> nhwc)
    {
        var values = ValuesPerView;
        if (nhwc.Length != (long)indices.Length * values)
            throw new ArgumentException(
                $"{indices.Length} views need {(long)indices.Length * values} values, got room for {nhwc.Length}", nameof(nhwc));
        fixed (int* index = indices)
        fixed (float* view = nhwc)
        {
            var (wanted, output) = ((nint)index, (nint)view);
            Parallel.For(
                0,
                indices.Length,
                () => _renderers.TryTake(out var renderer) ? renderer : new ViewRenderer(),
                (i, _, renderer) =>
                {
                    var pixels = _images.Pixels(((int*)wanted)[i]);
                    renderer.Render(
                        pixels,
                        _images.Height,
                        _images.Width,
                        _recipe,
                        new CounterRandom(0),
                        new Span<float>((float*)output + ((long)i * values), values));
                    return renderer;
                },
                _renderers.Add);
        }
    }
}
