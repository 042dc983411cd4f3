namespace Autodidact.Images;

/// <summary>Random access to decoded RGB images of one size: what views, features and evaluation read. It knows no labels.</summary>
public interface IImageSet
{
    /// <summary>Number of images.</summary>
    int Count { get; }

    /// <summary>Height of every image in pixels.</summary>
    int Height { get; }

    /// <summary>Width of every image in pixels.</summary>
    int Width { get; }

    /// <summary>Pixels of one image: uint8, height x width x 3 (RGB), row by row.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    ReadOnlySpan<byte> Pixels(int index);

    /// <summary>Key of one image, as its source named it.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    string Key(int index);
}
