namespace Autodidact.Images;

/// <summary>Images held in memory: for tests and for programs that have their pixels already.</summary>
public sealed class InMemoryImages : IImageSet
{
    private readonly byte[] _pixels;
    private readonly IReadOnlyList<string>? _keys;
    private readonly int _imageBytes;

    /// <summary>Wraps pixels without copying them.</summary>
    /// <param name="pixels">uint8 RGB: image after image, each height x width x 3, row by row.</param>
    /// <param name="height">Height of every image in pixels.</param>
    /// <param name="width">Width of every image in pixels.</param>
    /// <param name="keys">A name for each image; left out, they are numbered.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public InMemoryImages(byte[] pixels, int height, int width, IReadOnlyList<string>? keys = null)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        _imageBytes = checked(height * width * 3);
        if (pixels.Length % _imageBytes != 0)
            throw new ArgumentException($"{pixels.Length} bytes are no multiple of {height} x {width} x 3", nameof(pixels));
        Count = pixels.Length / _imageBytes;
        if (keys is not null && keys.Count != Count)
            throw new ArgumentException($"{keys.Count} keys for {Count} images", nameof(keys));
        _pixels = pixels;
        _keys = keys;
        Height = height;
        Width = width;
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Pixels(int index)
    {
        CheckIndex(index);
        return _pixels.AsSpan(index * _imageBytes, _imageBytes);
    }

    /// <inheritdoc/>
    public string Key(int index)
    {
        CheckIndex(index);
        return _keys?[index] ?? index.ToString("D8", System.Globalization.CultureInfo.InvariantCulture);
    }

    private void CheckIndex(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
    }
}
