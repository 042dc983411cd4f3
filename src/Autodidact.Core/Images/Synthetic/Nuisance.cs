namespace Autodidact.Images.Synthetic;

/// <summary>
/// Everything about a synthetic picture that is not its class. The defaults are the data set: strong enough that raw pixels tell little,
/// and of a kind that crops, colour jitter and grey views undo, so that what is left to learn without labels is the shape.
/// The measurements behind them are in <c>docs/synthetic.md</c>.
/// </summary>
internal sealed record Nuisance
{
    /// <summary>Smallest radius of the disc around the shape in pixels.</summary>
    public float SmallestRadius { get; init; } = 9;

    /// <summary>Largest radius of the disc around the shape in pixels.</summary>
    public float LargestRadius { get; init; } = 13;

    /// <summary>The shape's centre is at most this many pixels from the picture's, in x and in y.</summary>
    public float Shift { get; init; } = 4;

    /// <summary>Tangent of half the largest rotation either way: 0.27 is 30 degrees.</summary>
    public float HalfTurn { get; init; } = 0.27f;

    /// <summary>The ground has any colour up to this brightness, 0 to 1.</summary>
    public float BrightestGround { get; init; } = 0.4f;

    /// <summary>
    /// The shape has any colour from this brightness, 0 to 1: it stays visible in grey, and always brighter than the ground.
    /// </summary>
    public float DarkestShape { get; init; } = 0.6f;

    /// <summary>Strength of the stripes, checks or speckles on shape and ground, as a change of brightness.</summary>
    public float Texture { get; init; } = 0.05f;

    /// <summary>Largest number of small discs on the ground, behind the shape.</summary>
    public int Clutter { get; init; } = 2;

    /// <summary>How often something covers a part of the shape's rim.</summary>
    public float Occlusion { get; init; } = 0.4f;

    /// <summary>Largest change of brightness from the picture's centre to its border by the light.</summary>
    public float Light { get; init; } = 0.25f;

    /// <summary>Largest change of a pixel's brightness by noise.</summary>
    public float Noise { get; init; } = 0.04f;
}
