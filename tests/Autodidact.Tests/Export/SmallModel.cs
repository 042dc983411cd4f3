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

    public static GraphInput Input { get; } = new(Side, Side, PixelNormalization.Cifar10, Inside: true);

    public static MultiExitNetwork Network()
    {
        var network = FormulaWeights.Fill(new MultiExitNetwork(Autodidact.Models.Architecture.Parse(Architecture), new MultiExitOptions { Outputs = Clusters }, seed: 1));
        network.eval();
        return network;
    }

    /// <summary>Pictures of noise, each brighter than the one before.</summary>
    public static byte[] Pixels()
    {
        var random = new CounterRandom(3);
        var pixels = new byte[Count * Side * Side * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)((random.NextUInt32() % 64) + (i / (Side * Side * 3) * 9));
        }

        return pixels;
    }

    public static InMemoryImages Images(byte[] pixels) => new(pixels, Side, Side, [.. Enumerable.Range(0, Count).Select(i => $"{i}")]);

    public static ExportSource Source(MultiExitNetwork network, byte[] pixels)
    {
        var costs = ModelCost.OfExits(network, Side);
        var trunk = ModelCost.OfStages(network.Backbone, Side);
        return new ExportSource
        {
            Student = network,
            StudentInput = Input,
            Encoder = (network.Backbone, Input),
            Images = Images(pixels),
            Samples = [0, 5, 19],
            Manifest = new ModelManifest
            {
                Architecture = Architecture,
                Precision = "float32",
                Input = new ManifestInput(Side, Side, [0, 0, 0], [1, 1, 1], null),
                FeatureSize = network.FeatureSize,
                Clusters = Clusters,
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
