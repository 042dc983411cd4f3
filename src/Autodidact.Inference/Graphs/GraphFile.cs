using System.Runtime.InteropServices;

namespace Autodidact.Inference.Graphs;

/// <summary>
/// The structure of an ONNX file, read without ONNX Runtime. Fields are a closed list: those of plain graphs whose weights are inside, and
/// text for people, which is passed over. Subgraphs, functions, data in other files and training information are refused. Format:
/// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
/// </summary>
internal sealed class GraphFile
{
    private const int OperatorSet = 17;
    private const int MostNodes = 20_000;
    private const int MostValues = 100_000;
    private const int MostDimensions = 8;
    private const int MostNumbers = 64;
    private const int LongestName = 500;
    private const int LargestKnown = 8;

    /// <summary>The nodes, in the order they run.</summary>
    public List<GraphNode> Nodes { get; } = [];

    /// <summary>Constants by name.</summary>
    public Dictionary<string, GraphValue> Constants { get; } = new(StringComparer.Ordinal);

    /// <summary>Inputs by name.</summary>
    public Dictionary<string, GraphValue> Inputs { get; } = new(StringComparer.Ordinal);

    /// <summary>Outputs by name, as they are declared.</summary>
    public Dictionary<string, GraphValue> Outputs { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads a file.</summary>
    /// <param name="bytes">All of it.</param>
    /// <exception cref="InvalidDataException">It is broken, or holds what is not on the list.</exception>
    public static GraphFile Read(ReadOnlySpan<byte> bytes)
    {
        var file = new GraphFile();
        var (graphs, sets) = (0, 0);
        var model = new ProtobufReader(bytes);
        while (model.Next())
        {
            switch (model.Field)
            {
                case 1 or 5: // ir_version, model_version
                    model.Integer();
                    break;
                case 2 or 3 or 4 or 6 or 14: // producer, domain, doc_string, metadata_props
                    model.Bytes();
                    break;
                case 7:
                    graphs++;
                    file.ReadGraph(model.Bytes());
                    break;
                case 8:
                    sets++;
                    CheckOperatorSet(model.Bytes());
                    break;
                default:
                    throw Unknown("the model", model.Field);
            }
        }

        return (graphs, sets) == (1, 1) ? file : throw new InvalidDataException("it must hold one graph and name one set of operators");
    }

    private static void CheckOperatorSet(ReadOnlySpan<byte> bytes)
    {
        var set = new ProtobufReader(bytes);
        var (domain, version) = ("", 0L);
        while (set.Next())
        {
            switch (set.Field)
            {
                case 1:
                    domain = Name(ref set);
                    break;
                case 2:
                    version = set.Integer();
                    break;
                default:
                    throw Unknown("the set of operators", set.Field);
            }
        }

        if (domain.Length > 0 || version != OperatorSet)
        {
            throw new InvalidDataException(
                $"it asks for version {version} of the operators '{OneLine.From(domain)}', "
                + $"and version {OperatorSet} of ONNX's own is read");
        }
    }

    private void ReadGraph(ReadOnlySpan<byte> bytes)
    {
        var graph = new ProtobufReader(bytes);
        while (graph.Next())
        {
            switch (graph.Field)
            {
                case 1:
                    Nodes.Add(Nodes.Count < MostNodes
                        ? ReadNode(graph.Bytes())
                        : throw new InvalidDataException($"it has more than {MostNodes} nodes"));
                    break;
                case 2 or 10 or 13: // name, doc_string, value_info (shapes of values between, which the runtime works out again)
                    graph.Bytes();
                    break;
                case 5:
                    Add(Constants, ReadTensor(graph.Bytes()));
                    break;
                case 11:
                    Add(Inputs, ReadValue(graph.Bytes()));
                    break;
                case 12:
                    Add(Outputs, ReadValue(graph.Bytes()));
                    break;
                default:
                    throw Unknown("the graph", graph.Field);
            }
        }
    }

    private static void Add(Dictionary<string, GraphValue> values, (string Name, GraphValue Value) value)
    {
        if (values.Count >= MostValues || value.Name.Length == 0 || !values.TryAdd(value.Name, value.Value))
        {
            throw new InvalidDataException($"it has too many values, or two of the name '{OneLine.From(value.Name)}'");
        }
    }

    private static GraphNode ReadNode(ReadOnlySpan<byte> bytes)
    {
        var (type, inputs, outputs) = ("", new List<string>(), new List<string>());
        var attributes = new Dictionary<string, object>(StringComparer.Ordinal);
        var node = new ProtobufReader(bytes);
        while (node.Next())
        {
            switch (node.Field)
            {
                case 1:
                    inputs.Add(inputs.Count < MostNumbers
                        ? Name(ref node)
                        : throw new InvalidDataException($"a node has more than {MostNumbers} inputs"));
                    break;
                case 2:
                    outputs.Add(outputs.Count == 0 ? Name(ref node) : throw new InvalidDataException("a node has several outputs"));
                    break;
                case 4:
                    type = Name(ref node);
                    break;
                case 3 or 6: // name, doc_string
                    node.Bytes();
                    break;
                case 5:
                    var (name, value) = ReadAttribute(node.Bytes());
                    if (!attributes.TryAdd(name, value))
                    {
                        throw new InvalidDataException($"a node has the attribute '{OneLine.From(name)}' twice");
                    }

                    break;
                case 7:
                    var domain = Name(ref node);
                    if (domain.Length > 0)
                    {
                        throw new InvalidDataException($"it uses operators of '{OneLine.From(domain)}', which ONNX itself does not have");
                    }

                    break;
                default:
                    throw Unknown("a node", node.Field);
            }
        }

        return outputs is [{ Length: > 0 } output]
            ? new GraphNode(type, inputs, output, attributes)
            : throw new InvalidDataException("a node has no output");
    }

    private static (string Name, object Value) ReadAttribute(ReadOnlySpan<byte> bytes)
    {
        string? name = null;
        object? value = null;
        var (type, values) = (0L, 0);
        var integers = new List<long>();
        var attribute = new ProtobufReader(bytes);
        while (attribute.Next())
        {
            switch (attribute.Field)
            {
                case 1:
                    name = Name(ref attribute);
                    break;
                case 2:
                    (value, values) = (attribute.Single(), values + 1);
                    break;
                case 3:
                    (value, values) = (attribute.Integer(), values + 1);
                    break;
                case 4:
                    (value, values) = (Name(ref attribute), values + 1);
                    break;
                case 8:
                    attribute.Integers(integers, MostNumbers);
                    break;
                case 13: // doc_string
                    attribute.Bytes();
                    break;
                case 20:
                    type = attribute.Integer();
                    break;
                default:
                    throw Unknown("an attribute", attribute.Field);
            }
        }

        // ONNX Runtime takes the value its type names: of two, the other might be read here. Where a value is zero, writers leave it out.
        value = (type, value) switch
        {
            (1, null or float) => value ?? 0f,
            (2, null or long) => value ?? 0L,
            (3, null or string) => value ?? "",
            (7, null) => integers.ToArray(),
            _ => throw new InvalidDataException("the value of an attribute is not of its type, or of a type that is not read"),
        };
        return name is not null && values + (integers.Count > 0 ? 1 : 0) <= 1
            ? (name, value)
            : throw new InvalidDataException("an attribute has no name, or two values");
    }

    private static (string Name, GraphValue Value) ReadTensor(ReadOnlySpan<byte> bytes)
    {
        var (name, type, dimensions) = ("", 0L, new List<long>());
        ReadOnlySpan<byte> data = [];
        var tensor = new ProtobufReader(bytes);
        while (tensor.Next())
        {
            switch (tensor.Field)
            {
                case 1:
                    tensor.Integers(dimensions, MostDimensions);
                    break;
                case 2:
                    type = tensor.Integer();
                    break;
                case 8:
                    name = Name(ref tensor);
                    break;
                case 9:
                    data = tensor.Bytes();
                    break;
                case 12: // doc_string
                    tensor.Bytes();
                    break;
                case 13 or 14:
                    throw new InvalidDataException($"its constant '{OneLine.From(name)}' lies in another file");
                default:
                    throw Unknown("a constant", tensor.Field);
            }
        }

        var kind = Type(type);
        Int128 count = 1;
        foreach (var dimension in dimensions)
        {
            // The product stays below 2^126: after each factor it is compared with what the file holds.
            count = dimension >= 0 && count <= data.Length
                ? count * dimension
                : throw new InvalidDataException($"the shape of its constant '{OneLine.From(name)}' is impossible");
        }

        var isShort = kind == GraphType.Int64 && dimensions.Count == 1 && count <= LargestKnown;
        return count * SizeOf(kind) == data.Length
            ? (name, new GraphValue(kind, [.. dimensions], isShort ? MemoryMarshal.Cast<byte, long>(data).ToArray() : null))
            : throw new InvalidDataException(
                $"its constant '{OneLine.From(name)}' has {data.Length} bytes, and its shape tells of {count * SizeOf(kind)}");
    }

    private static (string Name, GraphValue Value) ReadValue(ReadOnlySpan<byte> bytes)
    {
        var name = "";
        GraphValue? value = null;
        var info = new ProtobufReader(bytes);
        while (info.Next())
        {
            switch (info.Field)
            {
                case 1:
                    name = Name(ref info);
                    break;
                case 2 when value is null:
                    value = ReadType(info.Bytes());
                    break;
                case 3: // doc_string
                    info.Bytes();
                    break;
                default:
                    throw Unknown("an input or output", info.Field);
            }
        }

        return (name, value ?? throw new InvalidDataException($"the type of '{OneLine.From(name)}' is missing"));
    }

    private static GraphValue ReadType(ReadOnlySpan<byte> bytes)
    {
        // TypeProto { Tensor tensor_type = 1 { elem_type = 1; shape = 2 { repeated dim = 1 { dim_value = 1 | dim_param = 2 } } } }
        var outer = new ProtobufReader(bytes);
        if (!outer.Next() || outer.Field != 1)
        {
            throw new InvalidDataException("an input or output is no tensor");
        }

        var tensor = new ProtobufReader(outer.Bytes());
        var (type, shapes, dimensions) = (0L, 0, new List<long>());
        while (tensor.Next())
        {
            switch (tensor.Field)
            {
                case 1:
                    type = tensor.Integer();
                    break;
                case 2 when shapes++ == 0:
                    ReadShape(tensor.Bytes(), dimensions);
                    break;
                default:
                    throw Unknown("a type", tensor.Field);
            }
        }

        return outer.Next() ? throw Unknown("a type", outer.Field) : new GraphValue(Type(type), [.. dimensions]);
    }

    private static void ReadShape(ReadOnlySpan<byte> bytes, List<long> dimensions)
    {
        var shape = new ProtobufReader(bytes);
        while (shape.Next())
        {
            var dimension = new ProtobufReader(shape.Field == 1 && dimensions.Count < MostDimensions
                ? shape.Bytes()
                : throw Unknown("a shape", shape.Field));
            if (!dimension.Next() || dimension.Field > 2)
            {
                throw new InvalidDataException("a dimension of an input or output is left open");
            }

            // Only the first dimension is the number of images; every other must be known, or nothing could be said about the graph's
            // needs.
            var size = GraphShape.Batch;
            var possible = dimensions.Count == 0;
            if (dimension.Field == 1)
            {
                size = dimension.Integer();
                possible = size > 0;
            }
            else
            {
                Name(ref dimension);
            }

            if (!possible || dimension.Next())
            {
                throw new InvalidDataException("a dimension of an input or output is impossible, or open where it must be known");
            }

            dimensions.Add(size);
        }
    }

    /// <summary>Bytes of an element.</summary>
    private static int SizeOf(GraphType type) => type switch
    {
        GraphType.Uint8 or GraphType.Int8 => 1,
        GraphType.Int64 => 8,
        GraphType.Float or GraphType.Int32 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "the size of this type is not known"),
    };

    private static GraphType Type(long type) => type is > 0 and < 16 && Enum.IsDefined((GraphType)type)
        ? (GraphType)type
        : throw new InvalidDataException($"it has values of ONNX's element type {type}, which is not read");

    private static string Name(ref ProtobufReader reader) =>
        reader.Text() is { Length: <= LongestName } name
            ? name
            : throw new InvalidDataException($"it has a name of more than {LongestName} characters");

    private static InvalidDataException Unknown(string where, int field) =>
        new($"{where} has the field {field}, which is not on the closed list of this reader "
            + "(subgraphs, functions and data in other files are not)");
}
