using Autodidact.Export;
using Autodidact.Export.Onnx;
using Autodidact.Inference.Graphs;
using Autodidact.Models;
using Autodidact.Tests.Models;
using Autodidact.Views;
using Google.Protobuf;

namespace Autodidact.Tests.Inference;

/// <summary>The check lets through every graph the exporter writes, and counts what another count says.</summary>
public sealed class GraphCheckTests(ExportedModel exported) : IClassFixture<ExportedModel>
{
    [Theory]
    [InlineData("resnet10-w8-cifar-pool", BranchDesign.Bottleneck, false)]
    [InlineData("resnet10-w8-cifar", BranchDesign.Bottleneck, true)]
    [InlineData("resnet18-w8-cifar-stride", BranchDesign.Separable, true)]
    [InlineData("resnet18-w8", BranchDesign.Separable, true)]
    [InlineData("resnet50-w8", BranchDesign.Separable, false)]
    [InlineData("resnet101-w8-cifar-pool", BranchDesign.Bottleneck, false)]
    public void Should_Let_Through_Every_Graph_The_Exporter_Writes_And_Count_Its_Multiplications(
        string architecture, BranchDesign branch, bool attention)
    {
        const int Side = 40;
        const int View = 36;
        using var network = FormulaWeights.Fill(
            new MultiExitNetwork(
                Autodidact.Models.Architecture.Parse(architecture),
                new MultiExitOptions { Outputs = 7, Branch = branch, Attention = attention },
                seed: 1));
        network.eval();
        var costs = ModelCost.OfExits(network, View);
        var graphs = new ModelGraphs(new Dictionary<string, string> { ["made by"] = "a test" });
        foreach (var inside in new[] { false, true })
        {
            var input = new GraphInput(Side, View, PixelNormalization.Cifar10, inside);
            Check(graphs.Preprocessing(input));
            Check(graphs.Full(network, input));
            Check(graphs.Encoder(network.Backbone, input));
            for (var exit = 0; exit < network.ExitCount; exit++)
            {
                Check(graphs.Stage(network, exit, input));
                var macs = Check(graphs.ToExit(network, exit, input)).Macs;
                if (!inside)
                {
                    Assert.Equal(costs[exit].Macs, macs);
                }
            }
        }
    }

    [Fact]
    public void Should_Let_Through_Every_File_Of_An_Exported_Model()
    {
        var files = Directory.GetFiles(exported.Folder, "*.onnx", SearchOption.AllDirectories);
        Assert.Equal(20, files.Length);
        Assert.All(files, file => Assert.True(GraphCheck.Check(File.ReadAllBytes(file)).ValuesPerImage > 0));
    }

    /// <summary>As floats and, with ranges out of the air, as int8.</summary>
    private static GraphSummary Check(ModelProto graph)
    {
        var quantized = QdqQuantizer.Quantize(graph, QdqQuantizer.Activations(graph).ToDictionary(a => a, _ => new ValueRange(-1, 2)));
        var summary = GraphCheck.Check(graph.ToByteArray());
        Assert.Equal(summary.Macs, GraphCheck.Check(quantized.ToByteArray()).Macs);
        return summary;
    }
}
