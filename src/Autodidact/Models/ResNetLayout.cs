namespace Autodidact.Models;

/// <summary>
/// Names and shapes of a <see cref="ResNet"/>'s tensors, told without making it: a file is held against them before a network of the
/// architecture that it names takes any memory.
/// </summary>
internal static class ResNetLayout
{
    /// <summary>Every weight and buffer, by torchvision's names.</summary>
    /// <param name="options">Shape of the network.</param>
    public static IEnumerable<(string Name, long[] Shape)> Of(ResNetOptions options)
    {
        var side = options.Stem switch
        {
            Stem.ImageNet => 7,
            Stem.CifarStride => 4,
            Stem.Cifar or Stem.CifarPool => 3,
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Stem, "no stem of this kind is known"),
        };
        return
        [
            ("conv1.weight", [options.Width, 3, side, side]),
            .. Norm("bn1", options.Width),
            .. Enumerable.Range(0, 4).SelectMany(stage => Stage(options, stage)),
        ];
    }

    private static IEnumerable<(string Name, long[] Shape)> Stage(ResNetOptions options, int stage)
    {
        var width = (long)options.Width << stage;
        var outputs = width * options.Expansion;
        var inputs = stage == 0 ? options.Width : outputs / 2;
        for (var block = 0; block < ResNetOptions.Blocks[options.Depth][stage]; block++)
        {
            var stride = block == 0 && stage > 0 ? 2 : 1;
            foreach (var (name, shape) in Block(options.Bottleneck, inputs, width, outputs, inputs != outputs || stride != 1))
                yield return (FormattableString.Invariant($"layer{stage + 1}.{block}.{name}"), shape);
            inputs = outputs;
        }
    }

    private static IEnumerable<(string Name, long[] Shape)> Block(bool bottleneck, long inputs, long width, long outputs, bool shortcut) =>
    [
        ("conv1.weight", bottleneck ? [width, inputs, 1, 1] : [width, inputs, 3, 3]),
        .. Norm("bn1", width),
        ("conv2.weight", [width, width, 3, 3]),
        .. Norm("bn2", width),
        .. bottleneck ? [("conv3.weight", [outputs, width, 1, 1]), .. Norm("bn3", outputs)] : Enumerable.Empty<(string, long[])>(),
        .. shortcut
            ? [("downsample.0.weight", [outputs, inputs, 1, 1]), .. Norm("downsample.1", outputs)]
            : Enumerable.Empty<(string, long[])>(),
    ];

    private static IEnumerable<(string Name, long[] Shape)> Norm(string name, long channels) =>
    [
        ($"{name}.weight", [channels]), ($"{name}.bias", [channels]),
        ($"{name}.running_mean", [channels]), ($"{name}.running_var", [channels]), ($"{name}.num_batches_tracked", []),
    ];
}
