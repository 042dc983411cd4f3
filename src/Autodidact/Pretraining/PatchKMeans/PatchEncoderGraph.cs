using Autodidact.Export;
using Autodidact.Export.Onnx;
using static Autodidact.Export.GraphBuilder;

namespace Autodidact.Pretraining;

/// <summary>Writes a <see cref="PatchDictionary"/> as an ONNX graph: pictures uint8 [N, S, S, 3] in, features [N, 4k] out.</summary>
internal static class PatchEncoderGraph
{
    private const int MostImages = 16;

    /// <summary>Bytes of the activations of a pass, k values at every position of each image; some such maps are alive at once.</summary>
    private const long BytesOfAMap = 256L << 20;

    /// <summary>The graph for pictures of one side.</summary>
    /// <param name="dictionary">What was learned.</param>
    /// <param name="side">S in pixels.</param>
    public static ModelProto Create(PatchDictionary dictionary, int side)
    {
        var (d, k, size) = (dictionary.Values, dictionary.Centroids.Rows, dictionary.PatchSize);
        var positions = dictionary.Positions(side);
        var batch = (int)Math.Clamp(BytesOfAMap / (4L * k * positions * positions), 1, MostImages);
        var graph = new GraphBuilder("patch-kmeans", batch);
        var pixels = graph.Input("pixels", TensorProto.Types.DataType.Uint8, side, side, 3);
        var map = graph.Node("Cast", [pixels], Integer("to", (long)TensorProto.Types.DataType.Float));
        map = graph.Node("Transpose", [map], Integers("perm", 0, 3, 1, 2));

        // A convolution that copies: position by position, the d values of the patch.
        var copies = new float[d * d];
        for (var i = 0; i < d; i++) copies[(i * d) + i] = 1;
        var patches = graph.Node("Conv", [map, graph.Constant<float>("patches", copies, d, 3, size, size)]);
        patches = graph.Node("Sub", [patches, Mean(graph, patches)]);
        var variance = graph.Node("Mul", [Mean(graph, Square(graph, patches)), graph.Constant<float>("sample", [d / (d - 1f)])]);
        var deviation = graph.Node(
            "Sqrt", [graph.Node("Add", [variance, graph.Constant<float>("offset", [(float)dictionary.ContrastOffset])])]);
        patches = graph.Node("Div", [patches, deviation]);
        var white = graph.Node(
            "Conv",
            [
                patches,
                graph.Constant<float>("whitening", dictionary.Whitening, d, d, 1, 1),
                graph.Constant<float>("shift", dictionary.Shift, d),
            ]);

        // |x - c|^2 = |x|^2 + |c|^2 - 2 x.c
        var (products, norms) = (new float[(long)k * d], new float[k]);
        for (var c = 0; c < k; c++)
        {
            var centroid = dictionary.Centroids[c];
            for (var i = 0; i < d; i++)
            {
                products[((long)c * d) + i] = -2 * centroid[i];
                norms[c] += centroid[i] * centroid[i];
            }
        }

        var distances = graph.Node(
            "Conv", [white, graph.Constant<float>("centroids", products, k, d, 1, 1), graph.Constant<float>("norms", norms, k)]);
        distances = graph.Node(
            "Add", [distances, graph.Node("Mul", [Mean(graph, Square(graph, white)), graph.Constant<float>("values", [(float)d])])]);
        distances = graph.Node("Sqrt", [graph.Node("Relu", [distances])]);
        var activations = graph.Node("Relu", [graph.Node("Sub", [Mean(graph, distances), distances])]);
        graph.Output(Quadrants(graph, activations, positions), ModelGraphs.Feature, 4 * k);
        return graph.Build(new Dictionary<string, string> { ["method"] = "patch-kmeans" });
    }

    private static string Mean(GraphBuilder graph, string map) => graph.Node("ReduceMean", [map], Integers("axes", 1));

    private static string Square(GraphBuilder graph, string map) => graph.Node("Mul", [map, map]);

    /// <summary>Sums over the four quadrants of the positions; of an odd number, the first half has one more.</summary>
    private static string Quadrants(GraphBuilder graph, string map, int positions)
    {
        var half = (positions + 1) / 2;
        (long From, long To)[] halves = [(0, half), (half, positions)];
        var axes = graph.Constant<long>("axes", [2, 3], 2);
        string[] sums = [.. from y in halves
                            from x in halves
                            select graph.Node("ReduceSum", [Part(y, x), axes], Integer("keepdims", 0))];
        return graph.Node("Concat", sums, Integer("axis", 1));

        string Part((long From, long To) y, (long From, long To) x) => graph.Node(
            "Slice", [map, graph.Constant<long>("from", [y.From, x.From], 2), graph.Constant<long>("to", [y.To, x.To], 2), axes]);
    }
}
