using Autodidact.Export;
using Autodidact.Images;
using Autodidact.Inference;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Tests.Models;
using Autodidact.Views;

namespace Autodidact.Tests.Export;

/// <summary>A network of four exits with weights by a formula, pictures, and what an export of them is made from.</summary>
internal static class SmallModel
{
    public const int Side = 16;
    public const int Count = 20;
    public const int Clusters = 5;
    public const string Architecture = "resnet10-w8-cifar-pool";

    public static MultiExitNetwork Network(int clusters = Clusters)
    {
        var network = FormulaWeights.Fill(
            new MultiExitNetwork(Autodidact.Models.Architecture.Parse(Architecture), new MultiExitOptions { Outputs = clusters }, seed: 1));
        network.eval();
        return network;
    }

    /// <summary>Pictures of noise, each brighter than the one before.</summary>
    public static byte[] Pixels(int count = Count, int side = Side)
    {
        var random = new CounterRandom(3);
        var pixels = new byte[count * side * side * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)((random.NextUInt32() % 64) + (i / (side * side * 3) * 9));
        }

        return pixels;
    }

    public static InMemoryImages Images(byte[] pixels, int side = Side) =>
        new(pixels, side, side, [.. Enumerable.Range(0, pixels.Length / (side * side * 3)).Select(i => $"{i}")]);

    /// <summary>
    /// Exports into a folder and loads what was exported. The network's own backbone stands for the encoder unless another is given.
    /// </summary>
    public static EarlyExitModel Export(MultiExitNetwork network, InMemoryImages images, string folder, Backbone? encoder = null)
    {
        ModelExporter.Export(Source(network, images, encoder), folder, cancellationToken: TestContext.Current.CancellationToken);
        return EarlyExitModel.Load(folder, new ModelOptions { BatchSize = 8 });
    }

    public static ExportSource Source(MultiExitNetwork network, InMemoryImages images, Backbone? encoder = null)
    {
        encoder ??= network.Backbone;
        var side = images.Height;
        var input = new GraphInput(side, side, PixelNormalization.Cifar10, Inside: true);
        var picture = new ManifestInput(side, side, [0, 0, 0], [1, 1, 1], null);
        var costs = ModelCost.OfExits(network, side);
        var trunk = ModelCost.OfStages(network.Backbone, side);
        return new ExportSource
        {
            Student = network,
            StudentInput = input,
            Encoder = (encoder, input),
            Images = images,
            Samples = [0, images.Count / 4, images.Count - 1],
            Manifest = new ModelManifest
            {
                Architecture = Architecture,
                Precision = "float32",
                Input = picture,
                Encoder = new ManifestEncoder(Architecture, ModelExporter.EncoderFile, encoder.FeatureSize, picture),
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
        };
    }
}
