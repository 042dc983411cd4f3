using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Autodidact.Inference;

/// <summary>Makes pictures into the input of a graph: as they are, or through the separate preprocessing.</summary>
/// <param name="side">Side of the pictures.</param>
/// <param name="preprocessing">The preprocessing; null where each graph begins with it.</param>
internal sealed class PictureInput(int side, GraphSession? preprocessing) : IDisposable
{
    /// <summary>Side of the pictures.</summary>
    public int Side => side;

    /// <summary>Bytes of one picture: side x side x 3.</summary>
    public int BytesPerImage => side * side * 3;

    /// <summary>Most pictures at once that the preprocessing is given.</summary>
    public int MostRows => preprocessing?.MostRows ?? int.MaxValue;

    /// <summary>Reads the preprocessing if that has not been done.</summary>
    /// <exception cref="AutodidactException">It is missing, or not what it should be; kind Data.</exception>
    public void Open() => preprocessing?.Open();

    /// <summary>Number of pictures in so many bytes.</summary>
    public int CountOf(ReadOnlyMemory<byte> pixels) => pixels.Length % BytesPerImage == 0
        ? pixels.Length / BytesPerImage
        : throw new ArgumentException(
            $"{pixels.Length} bytes are no whole number of pictures of {BytesPerImage} bytes: "
            + "decode an encoded image first, or give it to Predict or Embed",
            nameof(pixels));

    /// <summary>Some of the pictures as the graphs take them; disposed by the caller.</summary>
    public OrtValue Of(ReadOnlyMemory<byte> pixels, int first, int count)
    {
        // ONNX Runtime only reads its inputs, but asks for memory that could be written.
        var memory = MemoryMarshal.AsMemory(pixels.Slice(first * BytesPerImage, count * BytesPerImage));
        var pictures = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, [count, side, side, 3]);
        if (preprocessing is null)
        {
            return pictures;
        }

        using (pictures)
        using (var outputs = preprocessing.Run(pictures, preprocessing.Outputs))
        {
            var images = outputs[0];
            var values = images.GetTensorDataAsSpan<float>().ToArray();
            return OrtValue.CreateTensorValueFromMemory(values, images.GetTensorTypeAndShape().Shape);
        }
    }

    public void Dispose() => preprocessing?.Dispose();
}
