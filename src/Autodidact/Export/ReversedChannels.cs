using Autodidact.Export.Onnx;

namespace Autodidact.Export;

/// <summary>Makes a graph that wants pictures in one order of the colour channels, blue first say, take them in the other.</summary>
internal static class ReversedChannels
{
    /// <summary>The same graph behind a node that reverses the channels.</summary>
    /// <param name="model">The graph; it is changed.</param>
    /// <param name="input">Name of its input.</param>
    /// <param name="axis">Dimension of the input that holds the channels.</param>
    public static ModelProto Before(ModelProto model, string input, int axis)
    {
        var graph = model.Graph;

        var (pixels, order) = (Fresh(graph, "pixels"), Fresh(graph, "channel_order"));

        // The input gets another name and the reversed pixels its own: whatever reads them, in a branch or a loop too, stays as it is.
        graph.Input.First(one => one.Name == input).Name = pixels;
        var constant = new NodeProto { OpType = "Constant", Name = order, Output = { order } };
        constant.Attribute.Add(new AttributeProto
        {
            Name = "value",
            Type = AttributeProto.Types.AttributeType.Tensor,
            T = GraphBuilder.Tensor<long>(order, [2, 1, 0], 3),
        });
        var reverse = new NodeProto { OpType = "Gather", Name = pixels, Input = { pixels, order }, Output = { input } };
        reverse.Attribute.Add(GraphBuilder.Integer("axis", axis));
        graph.Node.Insert(0, constant);
        graph.Node.Insert(1, reverse);
        return model;
    }

    /// <summary>A name that no value and no node of the graph has.</summary>
    private static string Fresh(GraphProto graph, string name)
    {
        var taken = graph.Node.SelectMany(node => node.Output.Append(node.Name))
            .Concat(graph.Input.Select(one => one.Name))
            .Concat(graph.Initializer.Select(one => one.Name))
            .ToHashSet();
        while (!taken.Add(name)) name += "_";
        return name;
    }
}
