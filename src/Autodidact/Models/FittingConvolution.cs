using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

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
        var whole = map.dtype == ScalarType.BFloat16 && map.shape[2] == _kernel && map.shape[3] == _kernel;
        return (whole ? WholeMap(map) : conv.call(map)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// A kernel as large as the map is one product of all pixels. The library's convolution in bfloat16 is wrong there: for 16 channels
    /// of 8x8 its result had nothing to do with float32's (libtorch 2.10, oneDNN).
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
