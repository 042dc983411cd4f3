using System.Runtime.InteropServices;
using Autodidact.Export;
using Autodidact.Export.Onnx;
using Autodidact.Inference;
using Autodidact.Inference.Graphs;
using Autodidact.Numerics;
using Autodidact.Tests.Serialization;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using static Autodidact.Export.GraphBuilder;
using static Autodidact.Tests.Inference.GraphEdits;

namespace Autodidact.Tests.Inference;

/// <summary>Model folders one of whose graphs was broken, swapped, or made to use up memory, time or other files.</summary>
public sealed class HostileGraphTests(ExportedModel exported) : IClassFixture<ExportedModel>
{
    private const string Broken = "exit-1.onnx";

    /// <summary>Changes of a graph of ours, and what the refusal must say.</summary>
    private static readonly Dictionary<string, (Action<GraphProto> Change, string Says)> _changes = new()
    {
        ["another input name"] = (g => Rename(g, "pixels", "images"), "it takes 'images'"),
        ["an input of floats"] = (g => g.Input[0].Type.TensorType.ElemType = 1, "Cast"),
        ["an input of another side"] = (g => g.Input[0].Type.TensorType.Shape.Dim[1].DimValue = 17, "it takes 'pixels'"),
        ["an input of another rank"] = (g => g.Input[0].Type.TensorType.Shape.Dim.RemoveAt(3), "Transpose"),
        ["an input of a fixed number of images"] = (g => g.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 1, "declared"),
        ["an input of open sides"] = (g => g.Input[0].Type.TensorType.Shape.Dim[1].DimParam = "H", "open"),
        ["an input of no type"] = (g => g.Input[0].Type = null, "type of 'pixels' is missing"),
        ["an input too many"] = (g => g.Input.Add(Value("more", 1, 3)), "2 inputs"),
        ["no input"] = (g => g.Input.Clear(), "nothing before it gives"),
        ["another output name"] = (g => Rename(g, "logits", "answers"), "missing"),
        ["an output of another type"] = (g => g.Output[1].Type.TensorType.ElemType = 7, "declared"),
        ["an output that nothing gives"] = (g => g.Output.Add(Value("ghost", 1, 5)), "nothing gives"),
        ["an output of another width"] =
            (g => g.Output.Single(o => o.Name == "logits").Type.TensorType.Shape.Dim[1].DimValue = 6, "declared"),
        ["fewer clusters"] = (g => Clusters(g, 4), "model.json says float (N, 5)"),
        ["more clusters"] = (g => Clusters(g, 6), "model.json says float (N, 5)"),
        ["a node that takes its own output"] = (g => g.Node[3].Input[0] = g.Node[3].Output[0], "nothing before it gives"),
        ["nodes in the wrong order"] = (g => (g.Node[2], g.Node[5]) = (g.Node[5].Clone(), g.Node[2].Clone()), "nothing before it gives"),
        ["two nodes of one output"] = (g => g.Node.Insert(1, g.Node[0].Clone()), "two values"),
        ["two outputs of a node"] = (g => g.Node[0].Output.Add("more"), "several outputs"),
        ["no output of a node"] = (g => g.Node[0].Output.Clear(), "no output"),
        ["two constants of a name"] = (g => g.Initializer.Add(g.Initializer[0].Clone()), "two of the name"),
        ["a constant of fewer bytes than its shape"] =
            (g => g.Initializer[0].RawData = ByteString.CopyFrom(g.Initializer[0].RawData.Span[4..]), "bytes"),
        ["a giant constant"] = (g => g.Initializer[0].Dims[0] = 1L << 40, "impossible"),
        ["a constant whose size overflows"] =
            (g => g.Initializer.Add(new TensorProto { Name = "c", DataType = 1, Dims = { 1L << 62, 1L << 62, 1L << 62 } }), "impossible"),
        ["a constant of negative size"] = (g => g.Initializer[0].Dims[0] = -g.Initializer[0].Dims[0], "impossible"),
        ["a constant of texts"] = (g => g.Initializer[0].DataType = 8, "element type 8"),
        ["an unknown attribute"] = (g => Conv(g).Attribute.Add(Text("auto_pad", "SAME_UPPER")), "in a way that is not read"),
        ["an attribute twice"] = (g => Conv(g).Attribute.Add(Integer("group", 1)), "twice"),
        ["an attribute of two values"] = (g => Conv(g).Attribute.Single(a => a.Name == "group").F = 2, "two values"),
        ["groups that do not divide"] = (g => Conv(g).Attribute.Single(a => a.Name == "group").I = 3, "in a way that is not read"),
        ["groups of zero"] = (g => Conv(g).Attribute.Single(a => a.Name == "group").I = 0, "in a way that is not read"),
        ["a stride of zero"] = (g => Set(Conv(g), "strides", 0, 1), "in a way that is not read"),
        ["a negative stride"] = (g => Set(Conv(g), "strides", -1, 1), "in a way that is not read"),
        ["pads of billions"] = (g => Set(Conv(g), "pads", 1 << 30, 1 << 30, 1 << 30, 1 << 30), "in a way that is not read"),
        ["negative pads"] = (g => Set(Conv(g), "pads", -20, 1, 1, 1), "in a way that is not read"),
        ["an operator that allocates what a constant says"] =
            (g => Append(g, "ConstantOfShape", [Sizes(g, 1 << 30, 1 << 30)]), "closed list"),
        ["Expand"] = (g => Append(g, "Expand", [g.Initializer[0].Name, Sizes(g, 1 << 20, 1 << 20)]), "closed list"),
        ["Tile"] = (g => Append(g, "Tile", [g.Initializer[0].Name, Sizes(g, 1 << 20, 1 << 20)]), "closed list"),
        ["Range"] = (g => Append(g, "Range", [g.Initializer[0].Name, g.Initializer[0].Name, g.Initializer[0].Name]), "closed list"),
        ["Loop"] = (g => Append(g, "Loop", ["", ""]), "closed list"),
        ["If"] = (g => Append(g, "If", [g.Initializer[0].Name]), "closed list"),
        ["Scan"] = (g => Append(g, "Scan", [g.Initializer[0].Name]), "closed list"),
        ["random numbers"] = (g => Append(g, "RandomNormal", []), "closed list"),
        ["an operator nobody knows"] = (g => Append(g, "Exec\u001b[2J", []), "closed list"),
        ["a resize to a giant picture"] = (
            g => Append(
                g, "Resize", [Map(g), "", "", Sizes(g, 1, 3, 1 << 20, 1 << 20)], Text("mode", "linear"),
                Text("coordinate_transformation_mode", "half_pixel")),
            "Resize"),
        ["a resize by the number of images to a giant picture"] = (g => GiantResize(g, 1 << 20), "numbers for one image"),
        ["a product of constants that grows"] =
            (g => Append(g, "Add", [Constant(g, 1 << 14, 1), Constant(g, 1, 1 << 14)]), "numbers for one image"),
        ["products of matrices without end"] = (g => GrowByMatrices(g), "an image"),
        ["a list that doubles"] = (g => Double(g), "Concat"),
        ["images that are put together"] = (g => Append(g, "Concat", [Map(g), Map(g)], Integer("axis", 0)), "Concat"),
        ["an attribute of another type"] =
            (g => Conv(g).Attribute.Single(a => a.Name == "group").Type = AttributeProto.Types.AttributeType.Float, "not of its type"),
        ["images times images"] = (g => ImagesByImages(g), "in a way that is not read"),
    };

    /// <summary>
    /// Bytes put behind a part of the file, where protobuf merges them into it: fields that our writer does not even know.
    /// </summary>
    private static readonly Dictionary<string, (Func<ModelProto, byte[]> Make, string Says)> _splices = new()
    {
        ["data in another file"] = (
            m => WithTensor(m, [.. Field(13, [.. Field(1, "location"u8), .. Field(2, "../../../etc/passwd"u8)]), .. Field(14, 1)]),
            "another file"),
        ["data in another file, by its place alone"] = (m => WithTensor(m, Field(14, 1)), "another file"),
        ["numbers beside the raw data"] = (m => WithTensor(m, Field(4, [0, 0, 0, 0])), "field 4"),
        ["a sparse constant"] = (m => WithGraph(m, Field(15, [])), "field 15"),
        ["a subgraph"] =
            (m => WithNode(m, Field(5, [.. Field(1, "body"u8), .. Field(6, m.Graph.ToByteArray()), .. Field(20, 5)])), "field 6"),
        ["subgraphs"] =
            (m => WithNode(m, Field(5, [.. Field(1, "body"u8), .. Field(11, m.Graph.ToByteArray()), .. Field(20, 10)])), "field 11"),
        ["an operator of another library"] = (m => WithNode(m, Field(7, "com.microsoft"u8)), "which ONNX itself does not have"),
        ["a function"] = (m => [.. m.ToByteArray(), .. Field(25, [])], "field 25"),
        ["training information"] = (m => [.. m.ToByteArray(), .. Field(20, [])], "field 20"),
        ["two graphs"] = (m => [.. m.ToByteArray(), .. Field(7, [])], "one graph"),
        ["no graph"] = (m => With(m, x => x.Graph = null), "one graph"),
        ["no operators"] = (m => With(m, x => x.OpsetImport.Clear()), "one set of operators"),
        ["other operators"] = (m => With(m, x => x.OpsetImport[0].Version = 99), "version 99"),
        ["operators of another library"] =
            (m => With(m, x => x.OpsetImport[0].Domain = "ai.onnx.contrib"), "of the operators 'ai.onnx.contrib'"),
        ["two sets of operators"] =
            (m => With(m, x => x.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 })), "one set of operators"),
        ["a field of number zero"] = (m => [.. m.ToByteArray(), 0, 0], "cut off or no ONNX"),
        ["a group"] = (m => [.. m.ToByteArray(), 0x0b, 0x0c], "cut off or no ONNX"),
        ["a length beyond the file"] =
            (m => [.. m.ToByteArray(), 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], "cut off or no ONNX"),
        ["a number of eleven bytes"] = (m => [.. m.ToByteArray(), 0x08, .. Enumerable.Repeat((byte)0x80, 10), 1], "cut off or no ONNX"),
        ["a name that is no text"] = (m => WithNode(m, Field(1, [0xff, 0xfe])), "no text"),
        ["a name of a megabyte"] = (m => WithNode(m, Field(1, new byte[1 << 20])), "name of more than"),
        ["a hundred thousand inputs of a node"] =
            (m => WithNode(m, [.. Enumerable.Repeat(Field(1, "x"u8), 100_000).SelectMany(b => b)]), "inputs"),
        ["a million numbers in an attribute"] =
            (m => WithNode(m, Field(5, [.. Field(1, "pads"u8), .. Field(8, new byte[1_000_000]), .. Field(20, 7)])), "numbers"),
        ["a million dimensions"] = (m => WithTensor(m, Field(1, Enumerable.Repeat((byte)1, 1_000_000).ToArray())), "numbers"),
        ["a hundred thousand nodes"] = (
            m => WithGraph(
                m,
                [
                    .. Enumerable.Range(0, 100_000).SelectMany(i => Field(
                        1, Field(2, BitConverter.GetBytes(i | 0x01010101).Select(b => (byte)(b & 0x7f)).ToArray()))),
                ]),
            "more than 20000 nodes"),
    };

    public static TheoryData<string> Changes() => [.. _changes.Keys];

    public static TheoryData<string> Splices() => [.. _splices.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Should_Refuse_A_Changed_Graph(string change) =>
        AssertRefused(Changed(g => _changes[change].Change(g)), change, _changes[change].Says);

    [Theory]
    [MemberData(nameof(Splices))]
    public void Should_Refuse_What_Is_Hidden_In_A_Graph(string splice) =>
        AssertRefused(_splices[splice].Make(Model()), splice, _splices[splice].Says);

    [Fact]
    public void Should_Refuse_A_Graph_Cut_Anywhere_And_Bytes_Of_Any_Kind()
    {
        var folder = exported.Copy(digests: false);
        var path = Path.Combine(folder, Broken);
        var whole = File.ReadAllBytes(path);
        for (var length = 0; length < whole.Length; length += 1 + (whole.Length / 250))
        {
            File.WriteAllBytes(path, whole[..length]);
            Refuse(folder, path, $"cut to {length} of {whole.Length} bytes");
        }

        var random = new CounterRandom(23);
        for (var i = 0; i < 100; i++)
        {
            File.WriteAllBytes(path, [.. Enumerable.Range(0, (int)(random.NextUInt32() % 2000)).Select(_ => (byte)random.NextUInt32())]);
            Refuse(folder, path, $"random bytes {i}");
        }
    }

    /// <summary>
    /// All but the weights is what the mutations hit: names, sizes, operators, lengths. Some stay a graph that answers; none may do
    /// anything else.
    /// </summary>
    [Fact]
    public void Should_Answer_Or_Refuse_Under_A_Thousand_Mutated_Graphs()
    {
        var folder = exported.Copy(digests: false);
        var path = Path.Combine(folder, Broken);
        var whole = File.ReadAllBytes(path);
        var structure = Enumerable.Range(0, whole.Length).ToHashSet();
        foreach (var constant in Model().Graph.Initializer.Where(t => t.RawData.Length >= 16))
        {
            var start = whole.AsSpan().IndexOf(constant.RawData.Span);
            structure.ExceptWith(Enumerable.Range(start, constant.RawData.Length));
        }

        int[] places = [.. structure.Order()];
        var random = new CounterRandom(29);
        var (refused, answered) = (0, 0);
        for (var mutation = 0; mutation < 1000; mutation++)
        {
            var bytes = whole.ToArray();
            for (var change = random.NextUInt32() % 2; change < 2; change++)
            {
                bytes[places[random.NextUInt32() % places.Length]] = (byte)random.NextUInt32();
            }

            File.WriteAllBytes(path, bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var model = EarlyExitModel.Load(folder, new ModelOptions { Threads = 1 });
                var picture = exported.Pixels.AsMemory(0, model.BytesPerImage);
                var answer = model.PredictPixels(picture, ExitPolicy.Fixed(1), TestContext.Current.CancellationToken)[0];
                Assert.InRange(answer.Confidence, 0.1f, 1.0001f);
                answered++;
            }
            catch (AutodidactException e) when (e.Kind == FailureKind.Data)
            {
                Assert.Contains(path, e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(e.Message, char.IsControl);
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
        }

        Assert.InRange(refused, 300, 990);
        Assert.InRange(answered, 10, 700);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Should_Refuse_Answers_That_Are_No_Numbers(float value)
    {
        AssertRefused(
            Changed(g =>
            {
                var bias = g.Initializer.Single(t => t.Name == g.Node.Single(n => n.OpType == "Gemm").Input[2]);
                var values = MemoryMarshal.Cast<byte, float>(bias.RawData.ToByteArray()).ToArray();
                values[2] = value;
                bias.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(values));
            }),
            $"{value}",
            "not finite");
    }

    [Fact]
    public void Should_Notice_A_Graph_Of_Another_Exit_By_Its_Digest_Or_Its_Input()
    {
        var folder = exported.Copy();
        var path = Path.Combine(folder, Broken);
        File.Copy(Path.Combine(folder, "exit-2.onnx"), path, overwrite: true);
        Assert.Contains("not the file model.json was written with", Refuse(folder, path), StringComparison.Ordinal);

        // The 8-bit graph has every shape of the float one.
        File.Copy(Path.Combine(exported.Int8Folder, Broken), path, overwrite: true);
        Assert.Contains("not the file model.json was written with", Refuse(folder, path), StringComparison.Ordinal);

        folder = exported.Copy(digests: false);
        path = Path.Combine(folder, "stage1.onnx");
        File.Copy(Path.Combine(folder, "stage2.onnx"), path, overwrite: true);
        Assert.Contains("it takes 'previous_map'", Refuse(folder, path), StringComparison.Ordinal);

        folder = exported.Copy(digests: false);
        path = Path.Combine(folder, "stage2.onnx");
        File.Copy(Path.Combine(folder, "stage4.onnx"), path, overwrite: true);
        Assert.Contains("'map' is missing", Refuse(folder, path), StringComparison.Ordinal);

        // A map of another size than the stage takes.
        folder = exported.Copy(digests: false);
        path = Path.Combine(folder, "stage2.onnx");
        File.Copy(Path.Combine(folder, "stage3.onnx"), path, overwrite: true);
        Assert.Contains("cannot be run", Refuse(folder, path), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_A_Missing_A_Giant_And_A_Folder_In_Place_Of_A_Graph()
    {
        var folder = exported.Copy(digests: false);
        var path = Path.Combine(folder, Broken);
        File.Delete(path);
        Assert.Contains("no such file", Refuse(folder, path), StringComparison.Ordinal);
        Directory.CreateDirectory(path);
        Refuse(folder, path);
        Directory.Delete(path);
        using (var file = File.Create(path))
        {
            file.SetLength(3L << 30);
        }

        Assert.Contains("too large", Refuse(folder, path), StringComparison.Ordinal);
    }

    [Fact]
    public void Should_Refuse_Batches_That_Would_Take_More_Memory_Than_Allowed()
    {
        var folder = exported.Copy(digests: false);
        var path = Path.Combine(folder, Broken);
        File.WriteAllBytes(path, Changed(g => GiantResize(g, 4096)));
        using var graph = new GraphSession(path, new ModelOptions());
        Assert.Equal(21, graph.MostRows);
        using var input = Pictures(64);
        var refused = Assert.Throws<AutodidactException>(() => graph.Run(input, graph.Outputs));
        Assert.Equal(FailureKind.Usage, refused.Kind);
        Assert.Contains("at most 21 (ModelOptions.BatchSize)", refused.Message, StringComparison.Ordinal);

        // A model makes its batches as small as that by itself: who asks for answers has no batches to choose.
        using var model = EarlyExitModel.Load(folder);
        Assert.Equal(21, model.BatchFor(ExitPolicy.Fixed(1)));
        Assert.Equal(64, model.BatchFor(ExitPolicy.Default));
    }

    private static OrtValue Pictures(int count) => OrtValue.CreateTensorValueFromMemory(
        new byte[count * ExportedModel.Side * ExportedModel.Side * 3], [count, ExportedModel.Side, ExportedModel.Side, 3]);

    private ModelProto Model() => ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(exported.Folder, Broken)));

    private byte[] Changed(Action<GraphProto> change) => With(Model(), m => change(m.Graph));

    private void AssertRefused(byte[] graph, string what, string says = "")
    {
        var folder = exported.Copy(digests: false);
        var path = Path.Combine(folder, Broken);
        File.WriteAllBytes(path, graph);
        Assert.Contains(says, Refuse(folder, path, what, (4L * graph.Length) + (16 << 20)), StringComparison.Ordinal);
    }

    private string Refuse(string folder, string path, string what = "", long mostBytes = 16 << 20) =>
        Refusal.Of(path, () => exported.Ask(folder, TestContext.Current.CancellationToken), mostBytes, what);
}
