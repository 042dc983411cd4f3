using Autodidact.Export.Onnx;
using Google.Protobuf;
using static Autodidact.Export.GraphBuilder;

namespace Autodidact.Tests.Inference;

/// <summary>
/// Ways to change an exported graph, by its messages or, for fields our writer does not know, by bytes that protobuf merges into them.
/// </summary>
internal static class GraphEdits
{
    public static byte[] With(ModelProto model, Action<ModelProto> change)
    {
        change(model);
        return model.ToByteArray();
    }

    public static byte[] Field(int number, ReadOnlySpan<byte> bytes)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(bytes));
        }

        return stream.ToArray();
    }

    public static byte[] Field(int number, byte value) =>
        [.. number < 16 ? [(byte)(number << 3)] : (byte[])[(byte)((number << 3) | 0x80), (byte)(number >> 4)], value];

    public static byte[] WithGraph(ModelProto model, byte[] fields)
    {
        var graph = model.Graph.ToByteArray();
        model.Graph = null;
        return [.. model.ToByteArray(), .. Field(7, [.. graph, .. fields])];
    }

    public static byte[] WithTensor(ModelProto model, byte[] fields)
    {
        var tensor = model.Graph.Initializer[0].ToByteArray();
        model.Graph.Initializer.RemoveAt(0);
        return WithGraph(model, Field(5, [.. tensor, .. fields]));
    }

    public static byte[] WithNode(ModelProto model, byte[] fields)
    {
        var node = new NodeProto { OpType = "Identity", Input = { "pixels" }, Output = { "spliced" } }.ToByteArray();
        return WithGraph(model, Field(1, [.. node, .. fields]));
    }

    public static NodeProto Conv(GraphProto graph) => graph.Node.First(n => n.OpType == "Conv");

    /// <summary>The first feature map.</summary>
    public static string Map(GraphProto graph) => Conv(graph).Input[0];

    public static void Set(NodeProto node, string attribute, params long[] values)
    {
        var found = node.Attribute.Single(a => a.Name == attribute);
        found.Ints.Clear();
        found.Ints.AddRange(values);
    }

    public static void Rename(GraphProto graph, string from, string to)
    {
        foreach (var value in graph.Input.Concat(graph.Output).Where(v => v.Name == from))
        {
            value.Name = to;
        }

        foreach (var names in graph.Node.SelectMany(n => new[] { n.Input, n.Output }))
        {
            for (var i = 0; i < names.Count; i++)
            {
                names[i] = names[i] == from ? to : names[i];
            }
        }
    }

    public static ValueInfoProto Value(string name, int type, params long[] dimensions)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        shape.Dim.AddRange(dimensions.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type, Shape = shape } },
        };
    }

    /// <summary>A whole graph of another number of clusters.</summary>
    public static void Clusters(GraphProto graph, int clusters)
    {
        var gemm = graph.Node.Single(n => n.OpType == "Gemm");
        foreach (var name in gemm.Input.Skip(1))
        {
            var constant = graph.Initializer.Single(t => t.Name == name);
            var width = constant.RawData.Length / (int)constant.Dims[0];
            constant.Dims[0] = clusters;
            constant.RawData = ByteString.CopyFrom(new byte[clusters * width]);
        }

        graph.Output.Single(o => o.Name == "logits").Type.TensorType.Shape.Dim[1].DimValue = clusters;
    }

    public static string Append(GraphProto graph, string type, string[] inputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type, Output = { $"appended_{graph.Node.Count}" } };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        graph.Node.Add(node);
        return node.Output[0];
    }

    public static string Sizes(GraphProto graph, params long[] sizes)
    {
        var tensor = Tensor<long>($"sizes_{graph.Initializer.Count}", sizes, sizes.Length);
        graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    public static string Constant(GraphProto graph, params long[] dimensions)
    {
        var tensor = Tensor<float>($"constant_{graph.Initializer.Count}", new float[dimensions.Aggregate(1L, (a, b) => a * b)], dimensions);
        graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>As the attention gates resize, which asks for the number of images, but to any size.</summary>
    public static void GiantResize(GraphProto graph, long side)
    {
        var images = Append(graph, "Slice", [Append(graph, "Shape", [Map(graph)]), Sizes(graph, 0), Sizes(graph, 1)]);
        var sizes = Append(graph, "Concat", [images, Sizes(graph, 3, side, side)], Integer("axis", 0));
        Append(graph, "Resize", [Map(graph), "", "", sizes], Text("mode", "linear"), Text("coordinate_transformation_mode", "half_pixel"));
    }

    public static void GrowByMatrices(GraphProto graph)
    {
        var (wide, tall) = (Constant(graph, 1, 1 << 13), Constant(graph, 1 << 13, 1));
        var square = Append(graph, "MatMul", [tall, wide]);
        Append(graph, "MatMul", [Append(graph, "MatMul", [square, square]), square]);
    }

    public static void Double(GraphProto graph)
    {
        var list = Sizes(graph, 1, 2, 3, 4);
        for (var i = 0; i < 40; i++)
        {
            list = Append(graph, "Concat", [list, list], Integer("axis", 0));
        }
    }

    /// <summary>[N, 3] and [3, N] would make [N, N].</summary>
    public static void ImagesByImages(GraphProto graph)
    {
        var flat = Append(graph, "Flatten", [Append(graph, "GlobalAveragePool", [Map(graph)])], Integer("axis", 1));
        Append(graph, "MatMul", [flat, Append(graph, "Transpose", [flat], Integers("perm", 1, 0))]);
    }
}
