using System.Globalization;

namespace Autodidact.Inference;

/// <summary>Whose feature is wanted: an exit's or the self-supervised encoder's. The default is the deepest exit's.</summary>
public readonly record struct FeatureSource
{
    private const int EncoderNumber = -1;
    private const string EncoderName = "encoder";

    private readonly int _number;

    private FeatureSource(int number) => _number = number;

    /// <summary>The deepest exit.</summary>
    public static FeatureSource Deepest => default;

    /// <summary>The encoder that was pre-trained without labels; a model may have been exported without it.</summary>
    public static FeatureSource Encoder { get; } = new(EncoderNumber);

    /// <summary>Number of the exit, 1 the shallowest; 0 for the deepest, whatever its number is, and for the encoder.</summary>
    public int Exit => IsEncoder ? 0 : _number;

    /// <summary>Whether it is the encoder.</summary>
    public bool IsEncoder => _number == EncoderNumber;

    /// <summary>An exit by its number.</summary>
    /// <param name="exit">1 the shallowest; 0 the deepest.</param>
    public static implicit operator FeatureSource(int exit) => AtExit(exit);

    /// <summary>An exit by its number.</summary>
    /// <param name="exit">1 the shallowest; 0 the deepest.</param>
    public static FeatureSource AtExit(int exit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(exit);
        return new FeatureSource(exit);
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <param name="text">The number of an exit, or <c>encoder</c>.</param>
    /// <exception cref="AutodidactException">It is neither; kind Usage.</exception>
    public static FeatureSource Parse(string text) =>
        text == EncoderName ? Encoder
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var exit) && exit > 0 ? AtExit(exit)
        : throw new AutodidactException(
            FailureKind.Usage, $"exit '{text}': expected the number of an exit, 1 the shallowest, or {EncoderName}");

    /// <summary>The number of the exit, <c>encoder</c>, or <c>deepest</c>.</summary>
    public override string ToString() => IsEncoder ? EncoderName : Exit == 0 ? "deepest" : Exit.ToString(CultureInfo.InvariantCulture);
}
