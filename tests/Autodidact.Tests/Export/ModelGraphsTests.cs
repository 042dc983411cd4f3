using Autodidact.Evaluation;
using Autodidact.Export;
using Autodidact.Export.Onnx;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Tests.Models;
using Autodidact.Tests.Serialization;
using Autodidact.Views;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace Autodidact.Tests.Export;

/// <summary>Every graph, run by ONNX Runtime, gives what the network itself gives.</summary>
public sealed class ModelGraphsTests : IDisposable
{
    private const double Tolerance = 1e-4;
    private const int Batch = 3;
    private const int Clusters = 5;
    private static readonly Dictionary<string, string> _metadata = new() { ["made by"] = "a test" };
    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string, BranchDesign, bool, int, int> Networks()
    {
        var data = new TheoryData<string, BranchDesign, bool, int, int>();
        foreach (var branch in Enum.GetValues<BranchDesign>())
        {
            data.Add("resnet10-w8-cifar-pool", branch, false, 16, 16);
            data.Add("resnet10-w8-cifar-pool", branch, true, 20, 18);
        }

        foreach (var name in new[] { "resnet18-w8", "resnet34-w8-cifar", "resnet50-w8", "resnet101-w8-cifar-pool" })
        {
            data.Add(name, BranchDesign.Bottleneck, false, 32, 32);
        }

        data.Add("resnet10-w8-cifar", BranchDesign.Bottleneck, true, 24, 32);
        return data;
    }

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Networks))]
    public void Should_Give_What_The_Network_Gives(string architecture, BranchDesign branch, bool attention, int side, int view)
    {
        using var network = Network(architecture, branch, attention);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (pixels, images) = Pictures(side, view);
        var expected = network.forward(images);
        var graphs = new ModelGraphs(_metadata);
        foreach (var inside in new[] { true, false })
        {
            var input = new GraphInput(side, view, PixelNormalization.Cifar10, inside);
            var first = inside ? Bytes(pixels, side) : Floats(images);
            var full = Run(graphs.Full(network, input), first);
            var previous = first;
            for (var exit = 0; exit < network.ExitCount; exit++)
            {
                AssertClose(expected.Features[exit], full[$"feature_{exit + 1}"]);
                AssertClose(expected.Logits[exit], full[$"logits_{exit + 1}"]);

                var compact = Run(graphs.ToExit(network, exit, input), first);
                AssertClose(expected.Features[exit], compact[ModelGraphs.Feature]);
                AssertClose(expected.Logits[exit], compact[ModelGraphs.Logits]);

                var stage = Run(graphs.Stage(network, exit, input), previous);
                AssertClose(expected.Logits[exit], stage[ModelGraphs.Logits]);
                Assert.Equal(exit < network.ExitCount - 1, stage.ContainsKey(ModelGraphs.Map));
                previous = stage.TryGetValue(ModelGraphs.Map, out var map) ? map : previous;
            }

            AssertClose(network.Backbone.call(images), Run(graphs.Encoder(network.Backbone, input), first)[ModelGraphs.Feature]);
        }

        var separate = Run(
            graphs.Preprocessing(new GraphInput(side, view, PixelNormalization.Cifar10, Inside: false)), Bytes(pixels, side));
        AssertClose(images, separate[PreprocessingEmitter.Images]);
    }

    [Fact]
    public void Should_Take_Any_Number_Of_Images_And_Hold_No_Norm()
    {
        using var network = Network("resnet10-w8-cifar-pool", BranchDesign.Bottleneck, attention: false);
        var model = new ModelGraphs(_metadata).ToExit(network, 3, new GraphInput(16, 16, PixelNormalization.Cifar10, Inside: true));

        // The one product left is the preprocessing's.
        Assert.Single(model.Graph.Node, n => n.OpType == "Mul");
        Assert.DoesNotContain(model.Graph.Node, n => n.OpType == "BatchNormalization");
        foreach (var count in new[] { 1, 7 })
        {
            var outputs = Run(model, (new byte[count * 16 * 16 * 3], [count, 16, 16, 3]));
            Assert.Equal([count, Clusters], outputs[ModelGraphs.Logits].Shape);
        }

        Assert.Equal("a test", model.MetadataProps.Single(m => m.Key == "made by").Value);
        Assert.Empty(model.Graph.Initializer.Select(i => i.Name).Except(model.Graph.Node.SelectMany(n => n.Input)));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Should_Pass_The_Onnx_Projects_Own_Checker(string architecture, BranchDesign branch, bool attention, int side, int view)
    {
        Assert.SkipUnless(SystemPython.Has("onnx"), "python3-onnx is not installed");
        using var network = Network(architecture, branch, attention);
        var graphs = new ModelGraphs(_metadata);
        var input = new GraphInput(side, view, PixelNormalization.Cifar10, Inside: true);
        ModelProto[] models =
        [
            graphs.Full(network, input), graphs.Stage(network, 1, input), graphs.ToExit(network, 0, input),
            graphs.Encoder(network.Backbone, input), graphs.Preprocessing(input),
        ];
        var paths = models.Select((model, i) =>
        {
            File.WriteAllBytes(_scratch[$"{i}.onnx"], model.ToByteArray());
            return _scratch[$"{i}.onnx"];
        }).ToArray();
        Assert.Equal(
            (0, ""),
            SystemPython.Run(["-c", "import sys, onnx\nfor f in sys.argv[1:]: onnx.checker.check_model(f, full_check=True)", .. paths]));
    }

    private static MultiExitNetwork Network(string architecture, BranchDesign branch, bool attention)
    {
        var network = FormulaWeights.Fill(new MultiExitNetwork(
            Autodidact.Models.Architecture.Parse(architecture),
            new MultiExitOptions { Outputs = Clusters, Branch = branch, Attention = attention }, seed: 1));
        network.eval();
        return network;
    }

    /// <summary>Random pictures, and what the network takes of them: the plain view.</summary>
    private static (byte[] Pixels, Tensor Images) Pictures(int side, int view)
    {
        var random = new CounterRandom(9);
        var pixels = new byte[Batch * side * side * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.NextUInt32();
        }

        var plain = new PlainPixels(new InMemoryImages(pixels, side, side, ["a", "b", "c"]), view, PixelNormalization.Cifar10);
        var values = new float[Batch * plain.ValuesPerView];
        plain.Write([0, 1, 2], values);
        return (pixels, tensor(values, Batch, view, view, 3).permute(0, 3, 1, 2));
    }

    private static (Array Values, long[] Shape) Bytes(byte[] pixels, int side) => (pixels, [Batch, side, side, 3]);

    private static (Array Values, long[] Shape) Floats(Tensor images) => (images.contiguous().data<float>().ToArray(), images.shape);

    private static Dictionary<string, (Array Values, long[] Shape)> Run(ModelProto model, (Array Values, long[] Shape) input)
    {
        using var session = OnnxSession.Open(model.ToByteArray(), new ModelOptions());
        using var value = input.Values is byte[] bytes
            ? OrtValue.CreateTensorValueFromMemory(bytes, input.Shape)
            : OrtValue.CreateTensorValueFromMemory((float[])input.Values, input.Shape);
        using var options = new RunOptions();
        using var outputs = session.Run(options, session.InputNames, [value], session.OutputNames);
        return session.OutputNames.Select((name, i) => (name, Value: outputs[i])).ToDictionary(
            o => o.name, o => ((Array)o.Value.GetTensorDataAsSpan<float>().ToArray(), o.Value.GetTensorTypeAndShape().Shape));
    }

    private static void AssertClose(Tensor expected, (Array Values, long[] Shape) actual)
    {
        Assert.Equal(expected.shape, actual.Shape);
        var values = expected.contiguous().data<float>().ToArray();
        var others = (float[])actual.Values;
        for (var i = 0; i < values.Length; i++)
        {
            Assert.True(Math.Abs(values[i] - others[i]) <= Tolerance, $"value {i}: {others[i]}, expected {values[i]}");
        }
    }
}
