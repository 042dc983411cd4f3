using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// Gate of the journal version: x * sigmoid(upsample(relu(bn(separable(x, stride 2))))). The ReLU comes first, as in the authors' code, so
/// the gate lies in [0.5, 1).
/// </summary>
internal sealed class SeparableAttention : nn.Module<Tensor, Tensor>
{
    private readonly Sequential gate;

    public SeparableAttention(long channels)
        : base(nameof(SeparableAttention))
    {
        gate = nn.Sequential(SeparableBlock.Make(channels, channels, stride: 2), new BatchNormalization(channels), nn.ReLU(inplace: true));
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
    private readonly BatchNormalization down_norm;
    private readonly ConvTranspose2d up;
    private readonly BatchNormalization up_norm;

    public TransposedAttention(long channels)
        : base(nameof(TransposedAttention))
    {
        down = new Convolution3x3(channels, channels, stride: 2);
        down_norm = new BatchNormalization(channels);
        up = nn.ConvTranspose2d(channels, channels, 4, stride: 2, padding: 1, bias: false);
        up_norm = new BatchNormalization(channels);
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
