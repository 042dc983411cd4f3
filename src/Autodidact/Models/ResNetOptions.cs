namespace Autodidact.Models;

/// <summary>Shape of a <see cref="ResNet"/>.</summary>
internal sealed record ResNetOptions
{
    /// <summary>Layers: 10, 18, 34 (basic blocks), 50 or 101 (bottlenecks).</summary>
    public int Depth { get; init; } = 18;

    /// <summary>Channels of the first stage's 3x3 convolutions; the stages have 1, 2, 4 and 8 times as many.</summary>
    public int Width { get; init; } = 64;

    /// <summary>First layers.</summary>
    public Stem Stem { get; init; } = Stem.ImageNet;

    /// <summary>
    /// Smallest width on offer. With 4 input channels, libtorch 2.10's (oneDNN's) gradient of a 1x1 convolution of stride 2 differs from
    /// run to run by a tenth of its value; from 8 channels on it is the same every time.
    /// </summary>
    internal const int SmallestWidth = 8;

    /// <summary>The largest width accepted: beyond it a slip of the keyboard is likelier than a wish.</summary>
    internal const int LargestWidth = 4096;

    /// <summary>Blocks of each stage by depth.</summary>
    internal static IReadOnlyDictionary<int, int[]> Blocks { get; } = new SortedDictionary<int, int[]>
    {
        [10] = [1, 1, 1, 1],
        [18] = [2, 2, 2, 2],
        [34] = [3, 4, 6, 3],
        [50] = [3, 4, 6, 3],
        [101] = [3, 4, 23, 3],
    };

    /// <summary>Depth from which blocks are bottlenecks.</summary>
    internal const int FirstBottleneck = 50;

    /// <summary>Whether the blocks are bottlenecks, with four times the channels at their end.</summary>
    internal bool Bottleneck => Depth >= FirstBottleneck;

    /// <summary>Output channels over inner channels of a block.</summary>
    internal int Expansion => Bottleneck ? 4 : 1;
}
