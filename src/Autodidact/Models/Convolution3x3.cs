using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Autodidact.Models;

/// <summary>
/// A 3x3 convolution with padding 1 and no bias, key <c>weight</c>, as <c>Conv2d</c> has it; on maps of at most 2x2 it runs as one matrix
/// product, on one pixel at any stride.
/// </summary>
/// <remarks>
/// The deepest stage of a network for 32 px images works on 2x2 maps, where each output pixel sees every input pixel and five of nine taps
/// see padding alone. Laid out as a matrix from all inputs to all outputs, the weights of a 2x2 map need 16 products where the
/// convolution's loop has 36, and the library's convolution is slow there besides: forward and backward together took 3 times (256
/// channels) to 5 times (512 channels) as long as the product at batches of 128 and 512. Both ways give the same sums in another order.
/// </remarks>
internal sealed class Convolution3x3 : nn.Module<Tensor, Tensor>
{
    private const int Taps = 3;

    /// <summary>The largest map side at which every output sees every input.</summary>
    private const int SmallSide = 2;

    /// <summary>Laying out the matrix costs about as much as this many images save.</summary>
    private const int SmallestBatch = 32;

    private readonly Parameter weight;
    private readonly long _stride;

    public Convolution3x3(long inputs, long outputs, long stride = 1)
        : base(nameof(Convolution3x3))
    {
        weight = new Parameter(empty(outputs, inputs, Taps, Taps));

        // A module may be made inside a scope and outlive it, as the library's own do.
        weight.DetachFromDisposeScope();
        _stride = stride;
        RegisterComponents();
    }

    public Parameter Weight => weight;

    public long Stride => _stride;

    public override Tensor forward(Tensor input)
    {
        var (batch, height, width) = (input.shape[0], input.shape[2], input.shape[3]);
        if (height == 1 && width == 1) return AtOnePixel(input);
        return _stride == 1 && batch >= SmallestBatch && height <= SmallSide && width <= SmallSide
            ? AsProduct(input, batch, height, width)
            : nn.functional.conv2d(input, weight, strides: [_stride, _stride], padding: [1, 1]);
    }

    /// <summary>
    /// A map of one pixel meets the middle of the kernel alone, whatever the stride. The library's convolution of stride 2 in bfloat16
    /// gives gradients of the weights there that are left-over memory: a training ends in NaN or collapses.
    /// </summary>
    private Tensor AtOnePixel(Tensor input)
    {
        using var scope = NewDisposeScope();
        var middle = weight.narrow(2, 1, 1).narrow(3, 1, 1).flatten(1);
        return input.flatten(1).matmul(middle.t()).unsqueeze(2).unsqueeze(3).MoveToOuterDisposeScope();
    }

    private Tensor AsProduct(Tensor input, long batch, long height, long width)
    {
        using var scope = NewDisposeScope();
        var (outputs, inputs, pixels) = (weight.shape[0], weight.shape[1], height * width);
        var matrix = weight.permute(0, 2, 3, 1).reshape(outputs, Taps * Taps, inputs)
            .index_select(1, TapOfEachPair(height, width, input.device))
            .view(outputs, pixels, pixels, inputs)
            .permute(1, 0, 2, 3)
            .reshape(pixels * outputs, pixels * inputs);
        return input.permute(0, 2, 3, 1).reshape(batch, pixels * inputs)
            .matmul(matrix.t())
            .view(batch, height, width, outputs)
            .permute(0, 3, 1, 2)
            .MoveToOuterDisposeScope();
    }

    /// <summary>For each output pixel and each input pixel, row by row, the tap that joins them.</summary>
    private static Tensor TapOfEachPair(long height, long width, Device device)
    {
        var pairs =
            from outY in Range(height)
            from outX in Range(width)
            from inY in Range(height)
            from inX in Range(width)
            select ((inY - outY + 1) * Taps) + (inX - outX + 1);
        return tensor(pairs.ToArray(), device: device);
    }

    private static IEnumerable<long> Range(long count) => Enumerable.Range(0, (int)count).Select(i => (long)i);
}
