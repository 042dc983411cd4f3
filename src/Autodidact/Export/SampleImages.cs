using Autodidact.Evaluation;
using Autodidact.Images;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Export;

/// <summary>Images of a pack as a network and its graphs take them.</summary>
internal static class SampleImages
{
    /// <summary>As they lie in the pack: bytes of [n, S, S, 3].</summary>
    public static byte[] Pixels(IImageSet images, int[] positions) => [.. positions.SelectMany(i => images.Pixels(i).ToArray())];

    /// <summary>As they lie in the pack: uint8 [n, S, S, 3].</summary>
    public static Tensor PixelTensor(IImageSet images, int[] positions) =>
        tensor(Pixels(images, positions), ScalarType.Byte).reshape(positions.Length, images.Height, images.Width, 3);

    /// <summary>As training and evaluation see them, by the renderer: float32 [n, 3, V, V].</summary>
    public static Tensor Views(IImageSet images, int[] positions, GraphInput input)
    {
        var views = empty(positions.Length, input.ViewSize, input.ViewSize, 3, dtype: ScalarType.Float32);
        new PlainPixels(images, input.ViewSize, input.Normalization).Write(positions, FeatureTensors.Values(views));
        return views.permute(0, 3, 1, 2);
    }

    /// <summary>As a graph takes them.</summary>
    public static OrtValue ToOrt(IImageSet images, int[] positions, GraphInput input)
    {
        using var scope = NewDisposeScope();
        return ToOrt(input.Inside ? PixelTensor(images, positions) : Views(images, positions, input));
    }

    /// <summary>A tensor for ONNX Runtime: a copy.</summary>
    /// <param name="tensor">uint8 or float32.</param>
    public static OrtValue ToOrt(Tensor tensor)
    {
        using var contiguous = tensor.contiguous();
        return contiguous.dtype == ScalarType.Byte
            ? OrtValue.CreateTensorValueFromMemory(contiguous.data<byte>().ToArray(), contiguous.shape)
            : OrtValue.CreateTensorValueFromMemory(contiguous.data<float>().ToArray(), contiguous.shape);
    }
}
