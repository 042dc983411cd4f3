using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// Residual network: He, Zhang, Ren &amp; Sun, "Deep residual learning for image recognition", CVPR 2016, arXiv 1512.03385; in
/// torchvision's form (stride in the 3x3 convolution of a bottleneck) and with torchvision's key names, without the classifier <c>fc</c>.
/// </summary>
internal sealed class ResNet : Backbone
{
    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Sequential layer4;
    private readonly ResNetOptions _options;
    private readonly Sequential[] _layers;

    /// <summary>Makes the network: convolutions Kaiming-normal by fan-out, norms (1, 0), channels-last.</summary>
    /// <param name="options">Depth, width, stem.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="AutodidactException">
    /// The depth is not one of 10, 18, 34, 50, 101, or the width is out of range; kind Usage.
    /// </exception>
    public ResNet(ResNetOptions options, ulong seed)
        : base(nameof(ResNet))
    {
        if (!ResNetOptions.Blocks.TryGetValue(options.Depth, out var blocks) || options.Width is < 1 or > ResNetOptions.LargestWidth)
        {
            throw new AutodidactException(
                FailureKind.Usage,
                $"resnet depth {options.Depth}, width {options.Width}: expected a depth of "
                    + $"{string.Join(", ", ResNetOptions.Blocks.Keys)} and a width of 1 to {ResNetOptions.LargestWidth}");
        }

        _options = options;
        var width = options.Width;
        conv1 = options.Stem switch
        {
            Stem.ImageNet => nn.Conv2d(3, width, 7, stride: 2, padding: 3, bias: false),
            Stem.CifarStride => nn.Conv2d(3, width, 4, stride: 2, padding: 1, bias: false),
            Stem.Cifar or Stem.CifarPool => nn.Conv2d(3, width, 3, padding: 1, bias: false),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Stem, "no stem of this kind is known"),
        };
        bn1 = new BatchNormalization(width);
        var channels = (long)width;
        layer1 = Layer(options, ref channels, width, blocks[0], stride: 1);
        layer2 = Layer(options, ref channels, width * 2, blocks[1], stride: 2);
        layer3 = Layer(options, ref channels, width * 4, blocks[2], stride: 2);
        layer4 = Layer(options, ref channels, width * 8, blocks[3], stride: 2);
        _layers = [layer1, layer2, layer3, layer4];
        StageChannels = [.. Enumerable.Range(0, 4).Select(s => (width << s) * options.Expansion)];
        RegisterComponents();
        Initialization.Draw(this, seed);
        this.ToChannelsLast();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> StageChannels { get; }

    /// <summary>First layers.</summary>
    internal Stem Stem => _options.Stem;

    /// <inheritdoc/>
    public override Backbone Copy()
    {
        var copy = new ResNet(_options, seed: 0) { Precision = Precision };
        copy.On(this.DeviceOf());
        ModuleStore.Copy(this, copy);
        return copy;
    }

    /// <inheritdoc/>
    public override Tensor ForwardStage(int stage, Tensor input)
    {
        using var scope = NewDisposeScope();
        return _layers[stage].call(stage == 0 ? ForwardStem(input) : input).MoveToOuterDisposeScope();
    }

    private Tensor ForwardStem(Tensor images)
    {
        using var scope = NewDisposeScope();
        var map = bn1.call(conv1.call(images)).relu_();
        map = _options.Stem switch
        {
            Stem.ImageNet => nn.functional.max_pool2d(map, 3, 2, 1),
            Stem.CifarPool => nn.functional.max_pool2d(map, 2),
            Stem.Cifar or Stem.CifarStride => map,
            _ => throw new InvalidOperationException($"no stem {_options.Stem} is known"),
        };
        return map.MoveToOuterDisposeScope();
    }

    private static Sequential Layer(ResNetOptions options, ref long channels, int width, int blocks, int stride)
    {
        var layer = new List<nn.Module<Tensor, Tensor>>();
        for (var block = 0; block < blocks; block++)
        {
            var step = block == 0 ? stride : 1;
            layer.Add(options.Bottleneck ? new Bottleneck(channels, width, step) : new BasicBlock(channels, width, step));
            channels = width * options.Expansion;
        }

        return nn.Sequential(layer);
    }
}
