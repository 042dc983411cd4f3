using System.Security.Cryptography;
using Autodidact.Images;
using Autodidact.Models;
using Autodidact.Numerics;
using Autodidact.Pretraining;
using Autodidact.Training;
using Autodidact.Views;

namespace Autodidact.Tests.Training;

/// <summary>The smallest real training: SimCLR of a narrow ResNet on 40 random images of 16 px.</summary>
internal static class TinyProblem
{
    public const int Images = 40;
    private const int Side = 16;

    public static int[] Positions { get; } = [.. Enumerable.Range(0, Images)];

    public static IImageSet ImageSet()
    {
        var random = new CounterRandom(7);
        var pixels = new byte[Images * Side * Side * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.NextUInt32();
        }

        return new InMemoryImages(pixels, Side, Side, [.. Positions.Select(i => $"{i}")]);
    }

    public static IObjective Objective(ulong seed = 3) => new SimClr(
        new EncoderTraining(
            Autodidact.Models.Architecture.Parse("resnet10-w8-cifar-pool").Create(seed),
            _ => ViewSpec.SimClr(Side, PixelNormalization.Cifar10), Images, seed),
        new SimClrOptions { ProjectorHidden = 16, ProjectorOutput = 8 });

    public static TrainerOptions Options(long steps = 12, OptimizerKind kind = OptimizerKind.Sgd, int accumulation = 1) => new()
    {
        BatchSize = 8,
        Steps = steps,
        Optimizer =
            new OptimizerOptions { Kind = kind, LearningRate = 0.05, WarmupFraction = 0.2, Accumulation = accumulation, ClipNorm = 5 },
        Seed = 11,
        LogEverySteps = 1,
        ViewWorkers = 1,
    };

    /// <summary>Digests of all weights and buffers.</summary>
    public static Dictionary<string, string> Bits(IObjective objective) =>
        objective.Network.NamedState().ToDictionary(s => s.Key, s =>
            Convert.ToHexString(SHA256.HashData(s.Value.detach().contiguous().bytes)));
}
