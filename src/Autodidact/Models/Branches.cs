using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>The branches of shallow exits: from a stage's map to one of the deepest stage's channels.</summary>
internal static class Branches
{
    /// <summary>Width of the narrow part of a bottleneck branch over the deepest width; the authors' 128 of 512.</summary>
    private const int BottleneckDivisor = 4;

    /// <summary>A branch.</summary>
    /// <param name="options">Design and attention.</param>
    /// <param name="channels">Channels of the stages.</param>
    /// <param name="stage">The exit's stage.</param>
    public static nn.Module<Tensor, Tensor> Make(MultiExitOptions options, IReadOnlyList<int> channels, int stage)
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        if (options.Attention)
        {
            layers.Add(options.Branch == BranchDesign.Separable ? new SeparableAttention(channels[stage]) : new TransposedAttention(channels[stage]));
        }

        if (options.Branch == BranchDesign.Separable)
        {
            for (var s = stage; s < channels.Count - 1; s++)
            {
                layers.Add(SeparableConvolution(channels[s], channels[s + 1], stride: 2));
            }
        }
        else
        {
            layers.Add(Bottleneck(channels[stage], channels[^1], 1 << (channels.Count - 1 - stage)));
        }

        return nn.Sequential(layers);
    }

    /// <summary>depthwise 3x3, 1x1 (cin to cin), BN, ReLU, depthwise 3x3 of stride 1, 1x1 (cin to cout), BN, ReLU.</summary>
    public static Sequential SeparableConvolution(long inputs, long outputs, long stride) => nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, stride: stride, padding: 1, groups: inputs, bias: false),
        nn.Conv2d(inputs, inputs, 1, bias: false),
        nn.BatchNorm2d(inputs),
        nn.ReLU(inplace: true),
        nn.Conv2d(inputs, inputs, 3, padding: 1, groups: inputs, bias: false),
        nn.Conv2d(inputs, outputs, 1, bias: false),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace: true));

    private static Sequential Bottleneck(long inputs, long outputs, long kernel)
    {
        var width = Math.Max(1, outputs / BottleneckDivisor);
        return nn.Sequential(
            nn.Conv2d(inputs, width, 1, bias: false),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace: true),
            new FittingConvolution(width, width, kernel),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace: true),
            nn.Conv2d(width, outputs, 1, bias: false),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace: true));
    }
}

/// <summary>k x k convolution of stride k that pads a map whose side is no multiple of k, so that every input size has an output.</summary>
internal sealed class FittingConvolution : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv;
    private readonly long _kernel;

    public FittingConvolution(long inputs, long outputs, long kernel)
        : base(nameof(FittingConvolution))
    {
        _kernel = kernel;
        conv = nn.Conv2d(inputs, outputs, kernel, stride: kernel, bias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var bottom = Missing(input.shape[2]);
        var right = Missing(input.shape[3]);
        using var scope = NewDisposeScope();
        var map = bottom == 0 && right == 0 ? input : nn.functional.pad(input, [0, right, 0, bottom]);
        return (map.dtype == ScalarType.BFloat16 && map.shape[2] == _kernel && map.shape[3] == _kernel ? WholeMap(map) : conv.call(map)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// A kernel as large as the map is one product of all pixels. The library's convolution in bfloat16 is wrong there: for 16 channels of 8x8 its result had nothing to do with
    /// float32's (libtorch 2.10, oneDNN).
    /// </summary>
    private Tensor WholeMap(Tensor map)
    {
        var weight = conv.weight!.permute(0, 2, 3, 1).flatten(1);
        return map.permute(0, 2, 3, 1).flatten(1).matmul(weight.t()).unsqueeze(2).unsqueeze(3);
    }

    public Conv2d Convolution => conv;

    public long Kernel => _kernel;

    /// <summary>Rows or columns a side lacks to a whole number of kernels.</summary>
    public long Missing(long side) => (_kernel - (side % _kernel)) % _kernel;
}

/// <summary>
/// Gate of the journal version: x * sigmoid(upsample(relu(bn(separable(x, stride 2))))). The ReLU comes first, as in the authors' code, so the gate lies
/// in [0.5, 1).
/// </summary>
internal sealed class SeparableAttention : nn.Module<Tensor, Tensor>
{
    private readonly Sequential gate;

    public SeparableAttention(long channels)
        : base(nameof(SeparableAttention))
    {
        gate = nn.Sequential(Branches.SeparableConvolution(channels, channels, stride: 2), nn.BatchNorm2d(channels), nn.ReLU(inplace: true));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var map = nn.functional.interpolate(
            gate.call(input),
            size: [input.shape[2], input.shape[3]],
            mode: InterpolationMode.Bilinear,
            align_corners: false);
        return (input * map.sigmoid_()).MoveToOuterDisposeScope();
    }
}

/// <summary>Gate of the scalable networks: x * sigmoid(bn(transposed 4x4 stride 2(relu(bn(conv 3x3 stride 2(x)))))).</summary>
internal sealed class TransposedAttention : nn.Module<Tensor, Tensor>
{
    private readonly Convolution3x3 down;
    private readonly BatchNorm2d down_norm;
    private readonly ConvTranspose2d up;
    private readonly BatchNorm2d up_norm;

    public TransposedAttention(long channels)
        : base(nameof(TransposedAttention))
    {
        down = new Convolution3x3(channels, channels, stride: 2);
        down_norm = nn.BatchNorm2d(channels);
        up = nn.ConvTranspose2d(channels, channels, 4, stride: 2, padding: 1, bias: false);
        up_norm = nn.BatchNorm2d(channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var map = up_norm.call(up.call(down_norm.call(down.call(input)).relu_())).sigmoid_();

        // A map of odd side comes back one pixel larger.
        return (input * map.narrow(2, 0, input.shape[2]).narrow(3, 0, input.shape[3])).MoveToOuterDisposeScope();
    }
}
