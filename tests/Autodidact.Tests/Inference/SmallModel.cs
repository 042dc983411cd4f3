using Autodidact.Evaluation;
using Autodidact.Export;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Tests.Models;
using Autodidact.Views;

namespace Autodidact.Tests.Inference;

/// <summary>A small network of four exits, and its export.</summary>
internal static class SmallModel
{
    private const string Name = "resnet10-w8-cifar-pool";

    public static MultiExitNetwork Network(int clusters)
    {
        var network = FormulaWeights.Fill(new MultiExitNetwork(Autodidact.Models.Architecture.Parse(Name), new MultiExitOptions { Outputs = clusters }, seed: 1));
        network.eval();
        return network;
    }

    /// <summary>Noise, each picture brighter than the one before.</summary>
    public static byte[] Pixels(int count, int side)
    {
        var random = new CounterRandom(3);
        var pixels = new byte[count * side * side * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)((random.NextUInt32() % 64) + (i / (side * side * 3) * 9));
        }

        return pixels;
    }

    public static InMemoryImages Images(byte[] pixels, int side) =>
        new(pixels, side, side, [.. Enumerable.Range(0, pixels.Length / (side * side * 3)).Select(i => $"{i}")]);

    /// <summary>Exports into a folder and loads what was exported. The network's own backbone stands for the encoder unless another is given.</summary>
    public static EarlyExitModel Export(MultiExitNetwork network, InMemoryImages images, string folder, Backbone? encoder = null)
    {
        encoder ??= network.Backbone;
        var side = images.Height;
        var input = new GraphInput(side, side, PixelNormalization.Cifar10, Inside: true);
        var costs = ModelCost.OfExits(network, side);
        var trunk = ModelCost.OfStages(network.Backbone, side);
        ModelExporter.Export(
            new ExportSource
            {
                Student = network,
                StudentInput = input,
                Encoder = (encoder, input),
                Images = images,
                Samples = [0, images.Count / 4, images.Count - 1],
                Manifest = new ModelManifest
                {
                    Architecture = Name,
                    Precision = "float32",
                    Input = new ManifestInput(side, side, [0, 0, 0], [1, 1, 1], null),
                    Encoder = new ManifestEncoder(Name, ModelExporter.EncoderFile, encoder.FeatureSize, new ManifestInput(side, side, [0, 0, 0], [1, 1, 1], null)),
                    FeatureSize = network.FeatureSize,
                    Clusters = network.Options.Outputs,
                    Exits =
                    [
                        .. Enumerable.Range(0, 4).Select(exit => new ManifestExit
                        {
                            Exit = exit + 1,
                            StageFile = ModelExporter.StageFile(exit),
                            ModelFile = ModelExporter.ModelFile(exit),
                            Parameters = costs[exit].Parameters,
                            Macs = costs[exit].Macs,
                            BranchMacs = costs[exit].Macs - trunk[exit].Macs,
                            Threshold = exit == 1 ? 0 : 1.1,
                        }),
                    ],
                    TradeOffs = [new TradeOff([1.1, 1.1, 1.1, 0], 1, 9_000_000), new TradeOff([0, 0, 0, 0], 0.5, 500_000)],
                },
            },
            folder,
            cancellationToken: TestContext.Current.CancellationToken);
        return EarlyExitModel.Load(folder, new ModelOptions { BatchSize = 8 });
    }
}
