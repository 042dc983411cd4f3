using System.Runtime.InteropServices;
using Autodidact.Export.Onnx;
using Google.Protobuf;

namespace Autodidact.Export;

/// <summary>Builds an ONNX graph node by node, in the order it runs. Values are known by their names.</summary>
/// <param name="name">Name of the graph.</param>
/// <param name="batch">Images a pass, where it is fixed; 0 takes any number.</param>
internal sealed class GraphBuilder(string name, int batch = 0)
{
    /// <summary>The operator set of 2022. Every runtime since reads it, and no operator used here has improved after it.</summary>
    private const int OperatorSet = 17;
    private const int IrVersion = 8;

    /// <summary>Name of the one dimension that is not fixed.</summary>
    private const string AnyBatch = "N";

    private readonly GraphProto _graph = new() { Name = name };
    private int _values;

    /// <summary>Declares an input [N, <paramref name="dimensions"/>].</summary>
    public string Input(string input, TensorProto.Types.DataType type, params ReadOnlySpan<long> dimensions)
    {
        _graph.Input.Add(Value(input, type, dimensions));
        return input;
    }

    /// <summary>Gives a value the name of an output [N, <paramref name="dimensions"/>].</summary>
    public void Output(string value, string output, params ReadOnlySpan<long> dimensions)
    {
        _graph.Node.Add(new NodeProto { OpType = "Identity", Name = output, Input = { value }, Output = { output } });
        _graph.Output.Add(Value(output, TensorProto.Types.DataType.Float, dimensions));
    }

    /// <summary>Adds a node of one output.</summary>
    public string Node(string type, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var output = Fresh(type.ToLowerInvariant());
        var node = new NodeProto { OpType = type, Name = output, Output = { output } };
        foreach (var input in inputs)
        {
            node.Input.Add(input);
        }

        foreach (var attribute in attributes)
        {
            node.Attribute.Add(attribute);
        }

        _graph.Node.Add(node);
        return output;
    }

    /// <summary>Adds constants.</summary>
    public string Constant<T>(string hint, ReadOnlySpan<T> values, params ReadOnlySpan<long> dimensions)
        where T : unmanaged
    {
        var tensor = Tensor(Fresh(hint), values, dimensions);
        _graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Constants as a graph holds them.</summary>
    public static TensorProto Tensor<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> dimensions)
        where T : unmanaged
    {
        var tensor =
            new TensorProto { Name = name, DataType = (int)TypeOf<T>(), RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) };
        tensor.Dims.AddRange(dimensions.ToArray());
        return tensor;
    }

    /// <summary>An integer attribute.</summary>
    public static AttributeProto Integer(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    /// <summary>An attribute of several integers.</summary>
    public static AttributeProto Integers(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values.ToArray());
        return attribute;
    }

    /// <summary>A text attribute.</summary>
    public static AttributeProto Text(string name, string value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    /// <summary>The finished model.</summary>
    /// <param name="metadata">Free text by name.</param>
    public ModelProto Build(IReadOnlyDictionary<string, string> metadata)
    {
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "Autodidact",
            ProducerVersion = typeof(GraphBuilder).Assembly.GetName().Version!.ToString(3),
            OpsetImport = { new OperatorSetIdProto { Version = OperatorSet } },
            Graph = _graph,
        };
        model.MetadataProps.AddRange(metadata.Select(m => new StringStringEntryProto { Key = m.Key, Value = m.Value }));
        return model;
    }

    private static TensorProto.Types.DataType TypeOf<T>() => default(T) switch
    {
        float => TensorProto.Types.DataType.Float,
        long => TensorProto.Types.DataType.Int64,
        int => TensorProto.Types.DataType.Int32,
        sbyte => TensorProto.Types.DataType.Int8,
        byte => TensorProto.Types.DataType.Uint8,
        _ => throw new NotSupportedException($"constants of {typeof(T).Name} are not written"),
    };

    private string Fresh(string hint) => FormattableString.Invariant($"{hint}_{_values++}");

    private ValueInfoProto Value(string name, TensorProto.Types.DataType type, ReadOnlySpan<long> dimensions)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(
            batch > 0
                ? new TensorShapeProto.Types.Dimension { DimValue = batch }
                : new TensorShapeProto.Types.Dimension { DimParam = AnyBatch });
        foreach (var dimension in dimensions)
        {
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = dimension });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } },
        };
    }
}
