using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Autodidact.Inference;

/// <summary>What goes into graphs: pictures as they are, or through the separate preprocessing.</summary>
/// <param name="input">How large the pictures are.</param>
/// <param name="preprocessing">The preprocessing; null where each graph begins with it.</param>
internal sealed class PictureInput(ManifestInput input, GraphSession? preprocessing) : IDisposable
{
    /// <summary>Side of the pictures.</summary>
    public int Side => input.Side;

    /// <summary>Bytes of one picture: side x side x 3.</summary>
    public int BytesPerImage => input.Side * input.Side * 3;

    /// <summary>Number of pictures in so many bytes.</summary>
    public int CountOf(ReadOnlyMemory<byte> pixels) => pixels.Length % BytesPerImage == 0
        ? pixels.Length / BytesPerImage
        : throw new ArgumentException($"{pixels.Length} bytes are no whole number of pictures of {BytesPerImage}", nameof(pixels));

    /// <summary>Some of the pictures as the graphs take them; disposed by the caller.</summary>
    public OrtValue Of(ReadOnlyMemory<byte> pixels, int first, int count)
    {
        // ONNX Runtime only reads its inputs, but asks for memory that could be written.
        var memory = MemoryMarshal.AsMemory(pixels.Slice(first * BytesPerImage, count * BytesPerImage));
        var pictures = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, [count, input.Side, input.Side, 3]);
        if (preprocessing is null)
        {
            return pictures;
        }

        using (pictures)
        using (var outputs = preprocessing.Run(pictures, preprocessing.Outputs))
        {
            var images = outputs[0];
            return OrtValue.CreateTensorValueFromMemory(images.GetTensorDataAsSpan<float>().ToArray(), images.GetTensorTypeAndShape().Shape);
        }
    }

    public void Dispose() => preprocessing?.Dispose();
}
