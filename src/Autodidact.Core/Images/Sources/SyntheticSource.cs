using System.Globalization;
using Autodidact.Images.Synthetic;
using Autodidact.Numerics;

namespace Autodidact.Images;

/// <summary>
/// The built-in image set: 32 x 32 RGB pictures of ten shapes under changing colour, texture, place, size, rotation, occlusion, clutter and
/// light, rendered from a seed. Picture <c>i</c> of a split is a pure function of (seed, split, i): a larger set starts with the smaller
/// one.
/// </summary>
/// <remarks>Classes are balanced: each run of ten pictures holds every class once, in an order of its own.</remarks>
internal sealed class SyntheticSource : IImageSource
{
    /// <summary>Height and width of a picture in pixels.</summary>
    public const int ImageSize = Renderer.Size;

    /// <summary>Raised when the same seed begins to mean other pictures, so that nothing packed earlier is taken for them.</summary>
    private const int Revision = 1;

    private const uint PictureStream = 0;
    private const uint ClassStream = 1;

    private readonly int _count;
    private readonly ulong _seed;
    private readonly string _split;
    private readonly uint _splitNumber;
    private readonly Nuisance _nuisance;

    /// <summary>Describes the pictures; nothing is rendered yet.</summary>
    /// <param name="count">Number of pictures, 0 or more.</param>
    /// <param name="seed">Seed of all pictures.</param>
    /// <param name="split"><c>train</c> or <c>test</c>: streams that share no picture.</param>
    public SyntheticSource(int count, ulong seed, string split)
        : this(count, seed, split, new Nuisance())
    {
    }

    internal SyntheticSource(int count, ulong seed, string split, Nuisance nuisance)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _splitNumber = split switch
        {
            "train" => 0,
            "test" => 1,
            _ => throw new ArgumentException($"The synthetic set has the splits 'train' and 'test', not '{split}'.", nameof(split)),
        };
        (_count, _seed, _split, _nuisance) = (count, seed, split, nuisance);
    }

    /// <summary>Class names, in the order of the class numbers.</summary>
    public static IReadOnlyList<string> Classes { get; } = [.. Shapes.All.Select(shape => shape.Name)];

    /// <inheritdoc/>
    public string Description => $"synthetic:{_split}";

    /// <inheritdoc/>
    public string Stamp() =>
        string.Create(CultureInfo.InvariantCulture, $"synthetic revision {Revision} seed {_seed} split {_split} count {_count}");

    /// <inheritdoc/>
    public IEnumerable<ImageEntry> Enumerate(CancellationToken cancellationToken = default)
    {
        for (var index = 0; index < _count; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pixels = new byte[ImageSize * ImageSize * 3];
            var shape = Render(index, pixels);
            var key = string.Create(CultureInfo.InvariantCulture, $"{_split}/{index:D5}");
            yield return new ImageEntry(key, Classes[shape], new RawImage(pixels, ImageSize, ImageSize, 3));
        }
    }

    /// <summary>Renders one picture and returns its class number.</summary>
    /// <param name="index">Number of the picture.</param>
    /// <param name="pixels">Receives 32 x 32 x 3 bytes (RGB), row by row.</param>
    internal int Render(int index, Span<byte> pixels)
    {
        var shape = ClassOf(index);
        var random = new CounterRandom(_seed, _splitNumber, (uint)index, PictureStream);
        Renderer.Render(ref random, shape, _nuisance, pixels);
        return shape;
    }

    private int ClassOf(int index)
    {
        Span<int> order = stackalloc int[Classes.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        var random = new CounterRandom(_seed, _splitNumber, (uint)(index / order.Length), ClassStream);
        random.Shuffle(order);
        return order[index % order.Length];
    }
}
