namespace Autodidact.Images;

/// <summary>How a source is packed.</summary>
internal sealed record PackOptions
{
    /// <summary>The size chosen where the images are of several sizes, or larger than <see cref="LargestOwnSide"/>.</summary>
    public const int DefaultSide = 64;

    /// <summary>Images that are all of one size keep it (its shorter side), up to this many pixels.</summary>
    public const int LargestOwnSide = 96;

    /// <summary>Height and width of the packed images in pixels; null chooses (see <see cref="DefaultSide"/>).</summary>
    public int? Side { get; init; }

    /// <summary>Limits for each image.</summary>
    public DecodeLimits Limits { get; init; } = new();

    /// <summary>Number of images decoded at once. It does not change the result.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}

/// <summary>How far packing is.</summary>
/// <param name="Description">The source that is packed.</param>
/// <param name="Done">Images packed or skipped.</param>
/// <param name="Total">Images in all, if known.</param>
/// <param name="Skipped">Images skipped among those done.</param>
internal sealed record PackProgress(string Description, int Done, int? Total, int Skipped);
