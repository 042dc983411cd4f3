using Autodidact.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>Two 3x3 convolutions around a shortcut (ResNet-10, 18, 34).</summary>
internal sealed class BasicBlock : nn.Module<Tensor, Tensor>
{
    private readonly Convolution3x3 conv1;
    private readonly BatchNormalization bn1;
    private readonly Convolution3x3 conv2;
    private readonly BatchNormalization bn2;
    private readonly Sequential? downsample;

    public BasicBlock(long inputs, long width, long stride)
        : base(nameof(BasicBlock))
    {
        conv1 = new Convolution3x3(inputs, width, stride);
        bn1 = new BatchNormalization(width);
        conv2 = new Convolution3x3(width, width);
        bn2 = new BatchNormalization(width);
        downsample = Shortcut.Make(inputs, width, stride);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        // Autograd keeps the maps that it needs; without a scope an inference pass would hold every map until its end.
        using var scope = NewDisposeScope();
        var inner = bn1.call(conv1.call(input)).relu_();
        return bn2.call(conv2.call(inner)).AddInPlace(downsample?.call(input) ?? input).relu_().MoveToOuterDisposeScope();
    }
}

/// <summary>1x1, 3x3, 1x1 convolutions around a shortcut (ResNet-50, 101); the 3x3 one has the stride, as in torchvision.</summary>
internal sealed class Bottleneck : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Convolution3x3 conv2;
    private readonly BatchNormalization bn2;
    private readonly Conv2d conv3;
    private readonly BatchNormalization bn3;
    private readonly Sequential? downsample;

    public Bottleneck(long inputs, long width, long stride)
        : base(nameof(Bottleneck))
    {
        conv1 = nn.Conv2d(inputs, width, 1, bias: false);
        bn1 = new BatchNormalization(width);
        conv2 = new Convolution3x3(width, width, stride);
        bn2 = new BatchNormalization(width);
        conv3 = nn.Conv2d(width, 4 * width, 1, bias: false);
        bn3 = new BatchNormalization(4 * width);
        downsample = Shortcut.Make(inputs, 4 * width, stride);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var inner = bn1.call(conv1.call(input)).relu_();
        inner = bn2.call(conv2.call(inner)).relu_();
        return bn3.call(conv3.call(inner)).AddInPlace(downsample?.call(input) ?? input).relu_().MoveToOuterDisposeScope();
    }
}

internal static class Shortcut
{
    /// <summary>A 1x1 convolution with norm where the shape changes; null is the identity.</summary>
    public static Sequential? Make(long inputs, long outputs, long stride) => inputs == outputs && stride == 1
        ? null
        : nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride: stride, bias: false), new BatchNormalization(outputs));
}
