using Autodidact.Images;

namespace Autodidact.Evaluation;

/// <summary>Writes un-augmented views of images: float32 NHWC, normalised, one image after the other.</summary>
/// <param name="indices">Images to write.</param>
/// <param name="nhwc">Room for exactly these views.</param>
public delegate void PlainViewWriter(ReadOnlySpan<int> indices, Span<float> nhwc);

/// <summary>
/// The un-augmented view of every image: what features are extracted from. This is the one joint between evaluation and the view generator: at the images'
/// own size pixels are only normalised; at another size a <see cref="PlainViewWriter"/> resizes and normalises.
/// </summary>
public sealed class PlainPixels
{
    private const int Channels = 3;
    private readonly IImageSet _images;
    private readonly PlainViewWriter? _resize;
    private readonly float[] _lookup = new float[Channels * 256];

    /// <summary>Declares the view.</summary>
    /// <param name="images">The images.</param>
    /// <param name="viewSize">Height and width of the view in pixels.</param>
    /// <param name="mean">Mean of red, green and blue, with pixels scaled to 0-1.</param>
    /// <param name="standardDeviation">Standard deviation of red, green and blue, same scale.</param>
    /// <param name="resize">Produces the views where the images have another size; needed only then.</param>
    /// <exception cref="ArgumentException">The sizes differ and nothing resizes, or the normalisation is not three finite numbers each.</exception>
    public PlainPixels(
        IImageSet images, int viewSize, IReadOnlyList<float> mean, IReadOnlyList<float> standardDeviation, PlainViewWriter? resize = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(standardDeviation);
        ArgumentOutOfRangeException.ThrowIfLessThan(viewSize, 1);
        if (mean.Count != Channels || standardDeviation.Count != Channels || !mean.All(float.IsFinite) || !standardDeviation.All(s => s > 0))
            throw new ArgumentException("the normalisation needs three finite means and three standard deviations above 0", nameof(standardDeviation));
        if (resize is null && (images.Height != viewSize || images.Width != viewSize))
        {
            throw new ArgumentException(
                $"images are {images.Width}x{images.Height} and the view {viewSize}x{viewSize}: give a writer that resizes", nameof(resize));
        }

        _images = images;
        _resize = resize;
        ViewSize = viewSize;
        for (var channel = 0; channel < Channels; channel++)
        {
            for (var value = 0; value < 256; value++)
                _lookup[(channel * 256) + value] = ((value / 255f) - mean[channel]) / standardDeviation[channel];
        }
    }

    /// <summary>Number of images.</summary>
    public int Count => _images.Count;

    /// <summary>Height and width of a view in pixels.</summary>
    public int ViewSize { get; }

    /// <summary>Number of values in one view.</summary>
    public int ValuesPerView => ViewSize * ViewSize * Channels;

    /// <summary>Writes views one after the other: float32, height x width x RGB.</summary>
    /// <param name="indices">Images to write.</param>
    /// <param name="nhwc">Room for exactly these views.</param>
    public void Write(ReadOnlySpan<int> indices, Span<float> nhwc)
    {
        if (nhwc.Length != (long)indices.Length * ValuesPerView)
            throw new ArgumentException($"{indices.Length} views need {(long)indices.Length * ValuesPerView} values, got room for {nhwc.Length}", nameof(nhwc));
        if (_resize is not null)
        {
            _resize(indices, nhwc);
            return;
        }

        for (var i = 0; i < indices.Length; i++)
        {
            var pixels = _images.Pixels(indices[i]);
            var view = nhwc.Slice(i * ValuesPerView, ValuesPerView);
            for (var at = 0; at < view.Length; at += Channels)
            {
                view[at] = _lookup[pixels[at]];
                view[at + 1] = _lookup[256 + pixels[at + 1]];
                view[at + 2] = _lookup[512 + pixels[at + 2]];
            }
        }
    }
}
