using Autodidact.Export.Onnx;
using Autodidact.Views;
using static Autodidact.Export.GraphBuilder;

namespace Autodidact.Export;

/// <summary>
/// The plain view as ONNX nodes: bytes to floats, the resize where there is one, the normalisation. The sums are those of
/// <see cref="ViewRenderer"/>.
/// </summary>
internal static class PreprocessingEmitter
{
    public const string Pixels = "pixels";
    public const string Images = "images";

    /// <summary>Declares pictures uint8 [N, side, side, 3] as the input and gives what the network takes.</summary>
    public static FeatureMap FromPixels(GraphBuilder graph, int side, int viewSize, PixelNormalization normalization)
    {
        var pixels = graph.Input(Pixels, TensorProto.Types.DataType.Uint8, side, side, 3);
        var map = graph.Node("Cast", [pixels], Integer("to", (long)TensorProto.Types.DataType.Float));
        map = graph.Node("Transpose", [map], Integers("perm", 0, 3, 1, 2));
        if (side != viewSize)
        {
            var resize = Matrix(side, viewSize);
            map = graph.Node("MatMul", [graph.Constant<float>("rows", resize, viewSize, side), map]);
            map = graph.Node("MatMul", [map, graph.Constant<float>("columns", Transposed(resize, viewSize, side), side, viewSize)]);
        }

        float[] mean = [normalization.Mean.Red, normalization.Mean.Green, normalization.Mean.Blue];
        float[] std = [normalization.Std.Red, normalization.Std.Green, normalization.Std.Blue];
        map = graph.Node("Mul", [map, graph.Constant<float>("scale", [.. std.Select(s => 1 / (255 * s))], 1, 3, 1, 1)]);
        map = graph.Node("Add", [map, graph.Constant<float>("shift", [.. mean.Select((m, c) => -m / std[c])], 1, 3, 1, 1)]);
        return new FeatureMap(map, 3, viewSize, viewSize);
    }

    /// <summary>Declares what the network takes, float32 [N, 3, view, view], as the input.</summary>
    public static FeatureMap FromImages(GraphBuilder graph, int viewSize) =>
        new(graph.Input(Images, TensorProto.Types.DataType.Float, 3, viewSize, viewSize), 3, viewSize, viewSize);

    /// <summary>The resize of one axis as a matrix [outputs, inputs].</summary>
    private static float[] Matrix(int inputs, int outputs)
    {
        var table = ResizeTable.Create(inputs, outputs, Interpolation.Bilinear);
        var matrix = new float[outputs * inputs];
        for (var row = 0; row < outputs; row++)
        {
            table.Weights.AsSpan(row * table.Taps, table.Counts[row]).CopyTo(matrix.AsSpan((row * inputs) + table.Starts[row]));
        }

        return matrix;
    }

    private static float[] Transposed(float[] matrix, int rows, int columns)
    {
        var transposed = new float[matrix.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                transposed[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }

        return transposed;
    }
}
