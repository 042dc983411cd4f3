using System.Globalization;
using System.Runtime.InteropServices;
using Autodidact.Export;
using Autodidact.Export.Onnx;
using Autodidact.Inference;
using Autodidact.Tests.Serialization;
using Google.Protobuf;
using DataType = Autodidact.Export.Onnx.TensorProto.Types.DataType;

namespace Autodidact.Tests.Inference;

/// <summary>Feature extractors of other makers, in the layouts they come in.</summary>
public sealed class FeatureGraphTests : IDisposable
{
    private const int Side = 4;
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>
    /// Every graph gives the mean of each channel, whatever its layout: of an image whose channels are c, 10 + c and 20 + c.
    /// </summary>
    [Theory]
    [InlineData("float", "?,3,?,?", "GlobalAveragePool")]
    [InlineData("float", "?,3,4,4", "GlobalAveragePool")]
    [InlineData("float", "2,3,4,4", "GlobalAveragePool")]
    [InlineData("float", "1,3,?,?", "GlobalAveragePool")]
    [InlineData("float", "?,?,?,?", "Relu")]
    [InlineData("float", "?,3,?,?", "Relu")]
    [InlineData("float", "?,?,?,3", "Relu")]
    [InlineData("float", "?,4,4,3", "Relu")]
    [InlineData("uint8", "?,?,?,3", "Cast")]
    [InlineData("uint8", "?,3,?,?", "Cast")]
    [InlineData("uint8", "3,4,4,?", "Cast")]
    public void Should_Give_One_Row_An_Image_Whatever_The_Layout(string type, string shape, string node)
    {
        using var graph = Open(type, shape, node);
        Assert.Equal(type == "uint8", graph.TakesBytes);
        Assert.Equal(shape.Contains('4', StringComparison.Ordinal) ? Side : 0, graph.Side);
        Assert.Equal(3, graph.Probe(Side));
        var features = graph.Run(Pictures(5), 5, Side);
        Assert.Equal(Enumerable.Range(0, 15).Select(i => (10f * (i % 3)) + (i / 3)), features);
    }

    /// <summary>Room is made for the pictures before the graph is run: a few bytes must not decide about gigabytes.</summary>
    [Theory]
    [InlineData("?,3,20000,20000")]
    [InlineData("?,3,1025,1025")]
    [InlineData("1000000,3,4,4")]
    [InlineData("4000,3,1024,1024")]
    [InlineData("?,2147483647,2147483647,3")]
    public void Should_Refuse_A_Graph_That_Asks_For_Pictures_That_No_Memory_Holds(string shape)
    {
        var path = _scratch["graph.onnx"];
        var message = Refusal.Of(path, () => Open("float", shape, "Relu").Dispose());
        Assert.Contains("images of at most 1024 pixels, and at most 4096 of them", message, StringComparison.Ordinal);
    }

    /// <summary>A graph that wants blue first sees the same of red-first pictures behind the exchange of channels.</summary>
    [Theory]
    [InlineData("float", "?,3,?,?", "GlobalAveragePool")]
    [InlineData("float", "2,3,4,4", "Relu")]
    [InlineData("float", "?,?,?,3", "Relu")]
    [InlineData("uint8", "?,?,?,3", "Cast")]
    public void Should_Take_Pictures_Of_The_Other_Order_Of_Channels_Behind_An_Exchange(string type, string shape, string node)
    {
        string input;
        int axis;
        using (var graph = Open(type, shape, node)) (input, axis) = (graph.InputName, graph.ChannelAxis);
        var path = _scratch["graph.onnx"];
        File.WriteAllBytes(path, ReversedChannels.Before(ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)), input, axis).ToByteArray());
        using var reversed = FeatureGraph.Open(path, null, threads: 1);
        Assert.Equal(type == "uint8", reversed.TakesBytes);
        Assert.Equal(Enumerable.Range(0, 15).Select(i => (10f * (2 - (i % 3))) + (i / 3)), reversed.Run(Pictures(5), 5, Side));
    }

    [Fact]
    public void Should_Average_Tokens_And_Prefer_An_Output_Of_Two_Dimensions()
    {
        // (n, 3, 4, 4) -> (n, 3, 16) -> transposed (n, 16, 3): tokens of three values.
        var graph = Graph("float", "?,3,4,4");
        graph.Initializer.Add(Ints("tokens", [0, 3, 16]));
        graph.Initializer.Add(Ints("flat", [0, -1]));
        graph.Node.Add(new NodeProto { OpType = "Reshape", Input = { "images", "tokens" }, Output = { "rows" } });
        graph.Node.Add(new NodeProto
        {
            OpType = "Transpose",
            Input = { "rows" },
            Output = { "last_hidden_state" },
            Attribute = { new AttributeProto { Name = "perm", Type = AttributeProto.Types.AttributeType.Ints, Ints = { 0, 2, 1 } } },
        });
        graph.Node.Add(new NodeProto { OpType = "Reshape", Input = { "images", "flat" }, Output = { "pooled" } });
        graph.Output.Add(Value("last_hidden_state", DataType.Float, "?,16,3"));
        graph.Output.Add(Value("pooled", DataType.Float, "?,48"));
        var path = Write(graph);

        using var preferred = FeatureGraph.Open(path, null, threads: 1);
        Assert.Equal(("pooled", 48), (preferred.Output, preferred.Probe(Side)));

        using var asked = FeatureGraph.Open(path, "last_hidden_state", threads: 1);
        Assert.Equal([1f, 11f, 21f], asked.Run(Pictures(2), 2, Side)[3..]);
        Refused("no output 'pool'", () => FeatureGraph.Open(path, "pool", 1).Dispose());
    }

    [Fact]
    public void Should_Refuse_Calls_After_Dispose()
    {
        var graph = Open("float", "?,3,?,?", "Relu");
        graph.Probe(Side);
        graph.Dispose();
        graph.Dispose();
        Assert.Throws<ObjectDisposedException>(() => graph.Run(Pictures(1), 1, Side));
        Assert.Throws<ObjectDisposedException>(() => graph.Probe(Side));
        Assert.Throws<ObjectDisposedException>(() => graph.Metadata);
    }

    [Theory]
    [InlineData("int64", "?,3,?,?", "Cast", "expected float or bytes")]
    [InlineData("float", "?,3,4", "Relu", "four dimensions")]
    [InlineData("float", "?,1,28,28", "Relu", "three channels")]
    [InlineData("float", "?,3,32,64", "Relu", "square")]
    public void Should_Refuse_What_Takes_No_Pictures(string type, string shape, string node, string says) =>
        Refused(says, () => Open(type, shape, node).Dispose());

    [Fact]
    public void Should_Refuse_What_Gives_No_Features()
    {
        // log of negative numbers
        using var notFinite = Open("float", "?,3,?,?", "Log");
        Refused("not finite", () => notFinite.Run([.. Pictures(1).Select(v => -1 - v)], 1, Side));

        var two = Graph("float", "?,3,?,?");
        two.Input.Add(Value("mask", DataType.Float, "?,3,?,?"));
        two.Node.Add(new NodeProto { OpType = "Add", Input = { "images", "mask" }, Output = { "out" } });
        two.Output.Add(Value("out", DataType.Float, "?,3,?,?"));
        Refused("takes 2 inputs (images, mask)", () => FeatureGraph.Open(Write(two), null, 1).Dispose());

        var integers = Graph("float", "?,3,?,?");
        integers.Node.Add(Cast("images", "out", DataType.Int64));
        integers.Output.Add(Value("out", DataType.Int64, "?,3,?,?"));
        Refused("no output of floats", () => FeatureGraph.Open(Write(integers), null, 1).Dispose());

        var wholeBatch = Graph("float", "?,3,?,?");
        wholeBatch.Node.Add(new NodeProto { OpType = "ReduceMean", Input = { "images" }, Output = { "out" } });
        wholeBatch.Output.Add(Value("out", DataType.Float, "1,1,1,1"));
        using var mixed = FeatureGraph.Open(Write(wholeBatch), null, 1);
        Refused("for 2 images", () => mixed.Probe(Side));
    }

    [Fact]
    public void Should_Say_What_To_Do_Where_The_Size_Does_Not_Fit()
    {
        using var graph = Open("float", "?,3,8,8", "Relu");
        Refused("pretrain.encoder_size", () => graph.Probe(Side));
    }

    [Fact]
    public void Should_Refuse_Weights_Outside_The_File()
    {
        var graph = Graph("float", "?,3,?,?");

        // Fields that our schema leaves out: external_data (13) with a location, data_location (14) external.
        var weights = new TensorProto { Name = "shift", DataType = (int)DataType.Float, Dims = { 1 } };
        byte[] outside = [0x6a, 0x17, 0x0a, 8, .. "location"u8, 0x12, 11, .. "weights.bin"u8, 0x70, 1];
        graph.Initializer.Add(TensorProto.Parser.ParseFrom([.. weights.ToByteArray(), .. outside]));
        graph.Node.Add(new NodeProto { OpType = "Add", Input = { "images", "shift" }, Output = { "out" } });
        graph.Output.Add(Value("out", DataType.Float, "?,3,?,?"));
        Refused("weights inside", () => FeatureGraph.Open(Write(graph), null, 1).Dispose());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a graph")]
    public void Should_Refuse_What_Is_No_Graph(string content)
    {
        File.WriteAllText(_scratch["graph.onnx"], content);
        Refused("not a graph", () => FeatureGraph.Open(_scratch["graph.onnx"], null, 1).Dispose());
    }

    private static void Refused(string says, Action action)
    {
        var refused = Assert.Throws<AutodidactException>(action);
        Assert.Equal(FailureKind.Data, refused.Kind);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    private static float[] Pictures(int count) =>
        [.. Enumerable.Range(0, count * Side * Side * 3).Select(i => (10f * (i % 3)) + (i / (Side * Side * 3)))];

    private FeatureGraph Open(string type, string shape, string node)
    {
        var graph = Graph(type, shape);
        graph.Node.Add(
            node == "Cast"
                ? Cast("images", "out", DataType.Float)
                : new NodeProto { OpType = node, Input = { "images" }, Output = { "out" } });
        graph.Output.Add(Value("out", DataType.Float, node == "GlobalAveragePool" ? "?,3,1,1" : shape));
        return FeatureGraph.Open(Write(graph), null, threads: 1);
    }

    private static GraphProto Graph(string type, string shape) => new()
    {
        Name = "g",
        Input = { Value("images", type switch { "uint8" => DataType.Uint8, "int64" => DataType.Int64, _ => DataType.Float }, shape) },
    };

    private static NodeProto Cast(string input, string output, DataType to) => new()
    {
        OpType = "Cast",
        Input = { input },
        Output = { output },
        Attribute = { new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = (int)to } },
    };

    private static TensorProto Ints(string name, long[] values) => new()
    {
        Name = name,
        DataType = (int)DataType.Int64,
        Dims = { values.Length },
        RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>(values)),
    };

    /// <summary>A question mark is a size of any value.</summary>
    private static ValueInfoProto Value(string name, DataType type, string shape)
    {
        var sizes = new TensorShapeProto();
        sizes.Dim.AddRange(shape.Split(',').Select((size, i) => size == "?"
            ? new TensorShapeProto.Types.Dimension { DimParam = $"any{i}" }
            : new TensorShapeProto.Types.Dimension { DimValue = long.Parse(size, CultureInfo.InvariantCulture) }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = sizes } },
        };
    }

    private string Write(GraphProto graph)
    {
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        File.WriteAllBytes(_scratch["graph.onnx"], model.ToByteArray());
        return _scratch["graph.onnx"];
    }
}
